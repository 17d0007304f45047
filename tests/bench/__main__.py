"""Run the named benchmarks (all without a name) and print one table of what they measured."""

import importlib
import sys

BENCHMARKS = ("engine", "edit", "map", "serve")


def main(names: list[str]) -> int:
    unknown = [name for name in names if name not in BENCHMARKS]
    if unknown:
        print(f"There is no benchmark '{unknown[0]}'; the benchmarks are {', '.join(BENCHMARKS)}.")
        return 2
    print(f"{'benchmark':<10}{'measured':<58}{'value':>12}  unit")
    for name in names or BENCHMARKS:
        for row in importlib.import_module(f"tests.bench.bench_{name}").run():
            print(f"{name:<10}{row['name']:<58}{row['value']:>12,.2f}  {row['unit']}"
                  f"{'   ' + row['note'] if row.get('note') else ''}", flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
