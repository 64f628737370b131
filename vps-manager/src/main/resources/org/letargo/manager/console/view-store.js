import * as api from './api.js';
import {el} from './dom.js';
import {size} from './format.js';
import * as store from './store.js';

/** What the checkpoints of the host take; asked for anew when an operation has ended. */
export class StoreUse {
  #ended = -1;
  #asking = false;

  constructor() {
    this.element = el('span', {'data-testid': 'store'});
  }

  async update() {
    const ended = store.endedOnAny();
    if (ended === this.#ended || this.#asking || !store.state().connected) {
      return;
    }
    this.#asking = true;
    try {
      const report = await api.storeReport();
      this.#ended = ended;
      this.element.textContent = words(report);
    } catch {
      this.#ended = ended; // a decoration: what is wrong is told elsewhere
    } finally {
      this.#asking = false;
    }
    this.update(); // operations that ended meanwhile
  }
}

function words(report) {
  if (report.checkpoints === 0 && report.storedBytes === 0) {
    return '';
  }
  const checkpoints = report.checkpoints === 1 ? '1 checkpoint' : `${report.checkpoints} checkpoints`;
  const instead = report.contentBytes > report.storedBytes ? ` instead of ${size(report.contentBytes)}` : '';
  const budget = report.budgetBytes ? `, at most ${size(report.budgetBytes)}` : '';
  return `${checkpoints}: ${size(report.storedBytes)} on disk${instead}${budget}`;
}
