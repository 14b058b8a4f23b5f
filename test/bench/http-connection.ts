import { connect, type Socket } from 'node:net';

/** An answer; the time of its last byte is when the promise of it resolves. */
export interface Answer {
  readonly status: number;
  readonly body: Buffer;
}

const END_OF_HEAD = '\r\n\r\n';

/**
 * One kept-alive HTTP/1.1 connection that sends requests written beforehand, one at a time. A whole client would take
 * a share of the two cores that belongs to what is measured.
 */
export class HttpConnection {
  private received: Buffer = Buffer.alloc(0);
  private waiting: { resolve: (answer: Answer) => void; reject: (reason: Error) => void } | undefined;

  private constructor(private readonly socket: Socket) {
    socket.setNoDelay(true);
    socket.on('data', (chunk) => {
      this.take(chunk);
    });
    socket.on('error', (error) => {
      this.fail(error);
    });
    socket.on('close', () => {
      this.fail(new Error('The server closed the connection.'));
    });
  }

  static open(origin: string): Promise<HttpConnection> {
    const { port } = new URL(origin);
    return new Promise((resolve, reject) => {
      // Both origins are served on this one address; which is meant is said by the Host header.
      const socket = connect(Number(port), '127.0.0.1', () => {
        socket.off('error', reject);
        resolve(new HttpConnection(socket));
      });
      socket.once('error', reject);
    });
  }

  send(request: Buffer): Promise<Answer> {
    return new Promise((resolve, reject) => {
      this.waiting = { resolve, reject };
      this.socket.write(request);
    });
  }

  close(): void {
    this.socket.destroy();
  }

  private take(chunk: Buffer): void {
    this.received = this.received.length === 0 ? chunk : Buffer.concat([this.received, chunk]);
    const end = this.received.indexOf(END_OF_HEAD);
    if (end < 0) return;
    const head = this.received.toString('latin1', 0, end);
    const length = /\r\ncontent-length: (\d+)/i.exec(head)?.[1];
    if (length === undefined) {
      this.fail(new Error('The answer does not say how long it is.'));
      return;
    }
    const from = end + END_OF_HEAD.length;
    const to = from + Number(length);
    if (this.received.length < to) return;
    const answer = { status: Number(head.slice(9, 12)), body: this.received.subarray(from, to) };
    this.received = this.received.subarray(to);
    const { waiting } = this;
    this.waiting = undefined;
    waiting?.resolve(answer);
  }

  private fail(error: Error): void {
    this.waiting?.reject(error);
    this.waiting = undefined;
    this.socket.destroy();
  }
}
