const DATABASE = 'onedoor-staff';
const STORE = 'keys';
const ONLY = 'current';

/** Reads the one kept value. Keys come back as they were put: non-extractable. */
export async function read<T>(): Promise<T | undefined> {
  return run<T | undefined>('readonly', (store) => store.get(ONLY) as IDBRequest<T | undefined>);
}

/** Keeps a value in place of the one before. */
export async function write(value: object): Promise<void> {
  await run('readwrite', (store) => store.put(value, ONLY));
}

/** Keeps nothing. */
export async function wipe(): Promise<void> {
  await run('readwrite', (store) => store.clear());
}

async function run<T>(mode: IDBTransactionMode, work: (store: IDBObjectStore) => IDBRequest<T>): Promise<T> {
  const database = await open();
  try {
    return await new Promise<T>((resolve, reject) => {
      const transaction = database.transaction(STORE, mode);
      const request = work(transaction.objectStore(STORE));
      transaction.oncomplete = () => {
        resolve(request.result);
      };
      transaction.onabort = () => {
        reject(transaction.error ?? new Error('The browser did not keep the keys.'));
      };
    });
  } finally {
    database.close();
  }
}

function open(): Promise<IDBDatabase> {
  return new Promise((resolve, reject) => {
    const request = indexedDB.open(DATABASE, 1);
    request.onupgradeneeded = () => {
      request.result.createObjectStore(STORE);
    };
    request.onsuccess = () => {
      resolve(request.result);
    };
    request.onerror = () => {
      reject(request.error ?? new Error('The browser has no place to keep keys.'));
    };
  });
}
