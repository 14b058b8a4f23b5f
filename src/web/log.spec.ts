import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { NestLog, openLog } from './log.js';

function logged(write: (log: ReturnType<typeof openLog>) => void): string {
  let lines = '';
  write(openLog('debug', { write: (line) => (lines += line) }));
  return lines;
}

describe('the log', () => {
  it('takes codes, numbers and ids', () => {
    const line = logged((log) => {
      log.event('queue.relayed', { count: 3, route: '/fails/:how' });
    });
    expect(JSON.parse(line)).toMatchObject({ level: 'info', event: 'queue.relayed', count: 3, route: '/fails/:how' });
  });

  it('holds no word of an error, whatever its message looks like', () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 60 }), (words) => {
        const error = new Error(`sentinel ${words}\n    at sentinel (file:///sentinel/${words})\nsentinel`);
        expect(
          logged((log) => {
            log.failure('x.failed', error);
          }),
        ).not.toContain('sentinel');
      }),
    );
  });

  it('holds no word of an error whose message was changed after its stack was made', () => {
    const error = new Error('sentinel\n    at sentinel (file:///sentinel)');
    error.message = 'another';
    expect(
      logged((log) => {
        log.failure('x.failed', error);
      }),
    ).not.toContain('sentinel');
  });

  it("leaves sentences out, Nest's own too", () => {
    const lines = logged((log) => {
      log.event('a sentence with sentinel', { words: 'more sentinel words' });
      new NestLog(log).error(new Error('sentinel'), 'sentinel stack text', 'ExceptionsHandler');
      new NestLog(log).warn('sentinel', 'sentinel words');
    });
    expect(lines).not.toContain('sentinel');
    expect(lines).toContain('ExceptionsHandler');
  });
});
