import {
  Button,
  CharacterCount,
  Checkboxes,
  createAll,
  ErrorSummary,
  PasswordInput,
  Radios,
  SkipLink,
} from 'govuk-frontend';
import { asides } from './aside.js';

document.body.classList.add('js-enabled', 'govuk-frontend-supported');
for (const component of [Button, CharacterCount, Checkboxes, ErrorSummary, PasswordInput, Radios, SkipLink]) {
  createAll(component);
}

// What was put aside and is past its day goes with the first page that is looked at.
try {
  asides();
} catch {
  // This browser keeps nothing for us.
}
