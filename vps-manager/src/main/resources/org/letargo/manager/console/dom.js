/**
 * Makes an element. Text is always text: nothing that a VPS or a person named is read as markup.
 *
 * @param {string} tag the element's name
 * @param {object} [properties] attributes; "on..." are listeners; true means present, false,
 *     null and undefined mean absent
 * @param {...(Node|string|null)} children null is left out
 */
export function el(tag, properties = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(properties)) {
    if (name.startsWith('on')) {
      element.addEventListener(name.slice(2), value);
    } else if (value === true) {
      element.setAttribute(name, '');
    } else if (value !== false && value !== null && value !== undefined) {
      element.setAttribute(name, value);
    }
  }
  element.append(...children.filter((child) => child !== null));
  return element;
}

/** A field with its label above and, if there is one, a hint that is read out with it. */
export function field(label, input, hint = null) {
  const id = input.id;
  if (hint) {
    input.setAttribute('aria-describedby', `${id}-hint`);
  }
  return el(
    'div',
    {class: 'field'},
    el('label', {for: id}, label),
    input,
    hint ? el('p', {class: 'hint', id: `${id}-hint`}, hint) : null,
  );
}

/** A box to tick, with its label behind. */
export function tick(id, label, properties = {}) {
  const box = el('input', {type: 'checkbox', id, ...properties});
  return {box, element: el('div', {class: 'tick'}, box, el('label', {for: id}, label))};
}

/**
 * A modal dialog that removes itself when it is closed. Focus goes back to where it was.
 *
 * @param {string} title its heading
 * @param {string} testId what tests find it by
 * @param {...Node} content below the heading
 */
export function openDialog(title, testId, ...content) {
  const before = document.activeElement;
  const dialog = el(
    'dialog',
    {'aria-labelledby': `${testId}-title`, 'data-testid': testId},
    el('h2', {id: `${testId}-title`}, title),
    ...content,
  );
  dialog.addEventListener('close', () => {
    dialog.remove();
    before?.focus?.();
  });
  document.body.append(dialog);
  dialog.showModal();
  return dialog;
}
