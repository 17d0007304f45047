// The style sheet travels as this widget's CSS; there is nothing to draw.
export default {
  render({ el }) {
    el.hidden = true;
  },
};
