import type { ChildProcess } from 'node:child_process';
import process from 'node:process';

/** The next message of a child. @throws when it ends without one */
export function messageOf<T>(child: ChildProcess): Promise<T> {
  return new Promise((resolve, reject) => {
    const ended = (): void => {
      reject(new Error('A process of the bench ended early.'));
    };
    child.once('exit', ended);
    child.once('message', (message) => {
      child.off('exit', ended);
      resolve(message as T);
    });
  });
}

/** Sends a question to a child and waits for its answer. */
export function ask<T>(child: ChildProcess, question: object): Promise<T> {
  const answer = messageOf<T>(child);
  child.send(question);
  return answer;
}

/** In a child: answers every question of the parent, one after the other, and ends when the parent lets go. */
export function answerQuestions(answer: (question: never) => Promise<object>): void {
  process.on('message', (question) => {
    void answer(question as never).then(
      (found) => process.send?.(found),
      (error: unknown) => {
        process.stderr.write(`${String(error)}\n`);
        process.exit(1);
      },
    );
  });
  process.once('disconnect', () => process.exit());
}
