import * as api from './api.js';
import {el, field} from './dom.js';
import {errorText} from './view-errors.js';

/**
 * Asks for a token.
 *
 * @param {function()} signedIn what comes after it
 */
export function signInView(signedIn) {
  const token = el('input', {
    id: 'token',
    type: 'password',
    autocomplete: 'current-password',
    required: true,
    spellcheck: 'false',
    'data-testid': 'token',
  });
  const trouble = el('div', {class: 'trouble', role: 'alert', 'data-testid': 'sign-in-error'});
  const button = el('button', {class: 'primary', 'data-testid': 'sign-in'}, 'Sign in');
  const form = el(
    'form',
    {class: 'card sign-in', onsubmit: submit},
    el('img', {src: 'icon.svg', alt: '', width: 44, height: 44}),
    el('h1', {}, 'Letargo'),
    field('Token', token, 'Whoever runs this host makes one with: letargo token create NAME --role operator'),
    trouble,
    button,
  );

  async function submit(event) {
    event.preventDefault();
    trouble.replaceChildren();
    button.disabled = true;
    try {
      await api.signIn(token.value.trim());
      signedIn();
    } catch (error) {
      trouble.replaceChildren(...errorText(error));
      button.disabled = false;
      token.select();
    }
  }

  return {
    element: el('main', {class: 'centred'}, form),
    entered: () => token.focus(),
    leave: () => {},
  };
}
