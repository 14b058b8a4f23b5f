import { Injectable } from '@nestjs/common';
import { randomUUID } from 'node:crypto';
import { mkdir, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createTransport } from 'nodemailer';
import { Settings } from '../../config/settings.js';
import { JobFailure } from '../queue/job-failure.js';
import { mailFailure } from './mail-failure.js';

/** A mail to one address. */
export interface Mail {
  /** A UUID. The Message-ID is made of it, so that a mail sent again after a crash is seen to be the same. */
  readonly id: string;
  readonly to: string;
  readonly subject: string;
  readonly text: string;
}

/* Shorter than PostgreSQL lets a transaction stand idle, since the row of the notice is held while the mail goes out. */
const DEADLINE = 20_000;

/**
 * Sends mail: to the server of `SMTP_URL`, or into files where none is set. TLS is as the URL says: `smtps:` from the
 * first byte; `smtp:` by STARTTLS where the server offers it, always with `?requireTLS=true`.
 */
@Injectable()
export class Mailer {
  readonly #send: (message: ReturnType<Mailer['message']>, id: string) => Promise<void>;

  constructor(private readonly settings: Settings) {
    this.#send = settings.SMTP_URL === undefined ? this.#toFile() : this.#toServer(settings.SMTP_URL);
  }

  /**
   * Resolves once the mail is accepted. Whoever calls writes that down afterwards; a crash in between sends the mail
   * again under the same Message-ID (at least once: SMTP cannot promise more).
   *
   * @throws {JobFailure} with a code of its own; the server's words, which quote the address, stay here
   */
  async send(mail: Mail): Promise<void> {
    await this.#send(this.message(mail), mail.id);
  }

  private message({ id, to, subject, text }: Mail) {
    const host = this.settings.MAIL_FROM.split('@').at(-1) ?? 'localhost';
    return {
      from: { name: 'OneDoor', address: this.settings.MAIL_FROM },
      // As an object, never as text: a comma in it must not become a second reader.
      to: { name: '', address: to },
      envelope: { from: this.settings.MAIL_FROM, to: [to] },
      subject,
      text,
      messageId: `<${id}@${host}>`,
      // RFC 3834: no machine should answer this.
      headers: { 'Auto-Submitted': 'auto-generated' },
      xMailer: false,
      disableFileAccess: true,
      disableUrlAccess: true,
    } as const;
  }

  #toServer(url: string) {
    const transport = createTransport({
      url,
      connectionTimeout: 5_000,
      greetingTimeout: 5_000,
      socketTimeout: 10_000,
      dnsTimeout: 5_000,
    });
    return async (message: ReturnType<Mailer['message']>): Promise<void> => {
      let rejected: readonly unknown[];
      try {
        const { headers, envelope, ...rest } = message;
        const info = await transport.sendMail({
          ...rest,
          headers: { ...headers },
          envelope: { from: envelope.from, to: [...envelope.to] },
          signal: AbortSignal.timeout(DEADLINE),
        });
        rejected = info.rejected;
      } catch (thrown) {
        throw mailFailure(thrown);
      }
      if (rejected.length > 0) throw new JobFailure('smtp_refused', { permanent: true });
    };
  }

  #toFile() {
    const folder = join(this.settings.ONEDOOR_HOME, 'mail');
    const transport = createTransport({ streamTransport: true, buffer: true, newline: 'windows' });
    return async (message: ReturnType<Mailer['message']>, id: string): Promise<void> => {
      try {
        const { headers, envelope, ...rest } = message;
        const made = await transport.sendMail({
          ...rest,
          headers: { ...headers },
          envelope: { from: envelope.from, to: [...envelope.to] },
        });
        await mkdir(folder, { recursive: true, mode: 0o700 });
        const unfinished = join(folder, `.${randomUUID()}`);
        await writeFile(unfinished, made.message as Buffer, { mode: 0o600 });
        await rename(unfinished, join(folder, `${id}.eml`));
      } catch {
        throw new JobFailure('mail_not_written');
      }
    };
  }
}
