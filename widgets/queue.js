// The unsent queue: what was typed and is not yet acknowledged as saved, kept in this tab.
//
// A control that saves reads this file before its own (`_esm = read("queue.js") + read("table.js")`)
// and uses three functions. `key` says which deal and seat, as Python gives it: "harbor-luzon/buyer".
//
//   enqueue(key, {control, path, value}) -> id   remember one finished gesture; the same field of the
//                                                same control replaces its older entry
//   acknowledge(key, id)                         Python has saved it: forget it (and older ones of
//                                                the same field)
//   pending(key, control?)                       what is still unsent, oldest first:
//                                                [{id, control, path, value, at}]
//
// Python acknowledges an entry when the version that holds it is saved. After a reload or a lost
// kernel a control sends its pending entries again. Without sessionStorage (a private window may
// refuse it) the queue lives as long as the page.

const queueMemory = new Map();

function queueName(key) {
  return `negotiation-playbook/unsent/${key}`;
}

function queueRead(key) {
  try {
    const text = window.sessionStorage.getItem(queueName(key));
    return text === null ? queueMemory.get(key) ?? [] : JSON.parse(text);
  } catch {
    return queueMemory.get(key) ?? [];
  }
}

function queueWrite(key, entries) {
  queueMemory.set(key, entries);
  try {
    if (entries.length) window.sessionStorage.setItem(queueName(key), JSON.stringify(entries));
    else window.sessionStorage.removeItem(queueName(key));
  } catch {
    // Storage is full or refused: memory holds the entries until the page goes.
  }
  window.dispatchEvent(new CustomEvent("np:unsent", { detail: { key, count: entries.length } }));
}

export function enqueue(key, { control, path, value }) {
  const id = `${Date.now().toString(36)}-${Math.random().toString(36).slice(2, 10)}`;
  const others = queueRead(key).filter((e) => e.control !== control || e.path !== path);
  queueWrite(key, [...others, { id, control, path, value, at: Date.now() }]);
  return id;
}

export function acknowledge(key, id) {
  queueWrite(key, queueRead(key).filter((entry) => entry.id !== id));
}

export function pending(key, control) {
  return queueRead(key).filter((e) => control === undefined || e.control === control);
}
