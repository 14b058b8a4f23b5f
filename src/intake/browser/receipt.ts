import { element } from './page.js';
import { enlivenReceipt } from './receipt-panel.js';

enlivenReceipt(document, element('[data-copied]').dataset.copied ?? '');
