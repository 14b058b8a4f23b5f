import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { simpleParser, type ParsedMail } from 'mailparser';
import { SMTPServer } from 'smtp-server';

/** A mail server that keeps what it is given. */
export interface MailServer {
  /** For `SMTP_URL`. */
  readonly url: string;
  readonly port: number;
  /** Mails accepted, in order. */
  readonly mails: readonly ReceivedMail[];
  /** Recipients it was asked about and turned away. */
  readonly refused: readonly string[];
  stop(): Promise<void>;
}

interface ReceivedMail {
  readonly recipients: readonly string[];
  /** The mail as it came over the wire. */
  readonly raw: string;
  readonly parsed: ParsedMail;
}

/** How the server should behave. */
export interface MailServerOptions {
  /** 0 takes a free port. */
  readonly port?: number;
  /** Reply code for a recipient, such as 550, or undefined to accept; the refusal quotes the address, as servers do. */
  readonly reply?: (recipient: string) => number | undefined;
}

/** Starts a real SMTP server on the loopback address. */
export async function startMailServer({ port = 0, reply }: MailServerOptions = {}): Promise<MailServer> {
  const mails: ReceivedMail[] = [];
  const refused: string[] = [];
  const server = new SMTPServer({
    authOptional: true,
    disabledCommands: ['STARTTLS', 'AUTH'],
    disableReverseLookup: true,
    logger: false,
    onRcptTo({ address }, _session, callback) {
      const code = reply?.(address);
      if (code === undefined) {
        callback();
        return;
      }
      refused.push(address);
      callback(Object.assign(new Error(`<${address}>: no such mailbox`), { responseCode: code }));
    },
    onData(stream, session, callback) {
      const chunks: Buffer[] = [];
      stream.on('data', (chunk: Buffer) => chunks.push(chunk));
      stream.on('end', () => {
        const raw = Buffer.concat(chunks);
        void simpleParser(raw).then((parsed) => {
          const recipients = session.envelope.rcptTo.map(({ address }) => address);
          mails.push({ recipients, raw: raw.toString('utf8'), parsed });
          callback();
        }, callback);
      });
    },
  });
  server.on('error', () => undefined); // a client that hangs up is no failure of the test
  server.listen(port, '127.0.0.1');
  await once(server.server, 'listening');
  const taken = (server.server.address() as AddressInfo).port;
  return {
    url: `smtp://127.0.0.1:${taken.toString()}`,
    port: taken,
    mails,
    refused,
    stop: () =>
      new Promise((resolve) => {
        server.close(() => {
          resolve();
        });
      }),
  };
}
