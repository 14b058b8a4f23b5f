/*
 * Proving beside the page where something was about to be done: the proof needs a page of its own, since only there may
 * a script stretch a passphrase. It is opened in another tab, so that nothing on this one is lost, and says when it is done.
 */

const CHANNEL = 'onedoor-staff-proof';

/** Says to pages that wait for it that the person has proved that it is them. */
export function tellProved(): void {
  const channel = new BroadcastChannel(CHANNEL);
  channel.postMessage('proved');
  channel.close();
}

/** Does something once another tab says that the person has proved that it is them. */
export function onProved(work: () => void): BroadcastChannel {
  const channel = new BroadcastChannel(CHANNEL);
  channel.onmessage = work;
  return channel;
}

/**
 * Asks for the proof in a dialog of this page.
 *
 * @returns whether it was given; false when the person thought better of it, or the page has no such dialog
 */
export function confirmBeside(): Promise<boolean> {
  const dialog = document.querySelector('#step-up');
  if (!(dialog instanceof HTMLDialogElement) || dialog.open) return Promise.resolve(false);
  return new Promise((resolve) => {
    let given = false;
    const channel = onProved(() => {
      given = true;
      dialog.close();
    });
    dialog.addEventListener(
      'close',
      () => {
        channel.close();
        resolve(given);
      },
      { once: true },
    );
    dialog.showModal();
  });
}
