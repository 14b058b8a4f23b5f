import { Injectable } from '@nestjs/common';

/** How patient the queue is; times in milliseconds. Tests shorten them, nothing else sets them. */
@Injectable()
export class QueueTimings {
  /** Runs before work is given up: with the delays below, after about four and a half hours. */
  attempts = 14;
  /** Before the second run; doubled each time, up to half of it left to chance. */
  backoff = 2_000;
  /** A worker that does not renew its lock for this long has died, and another takes the job. */
  lockDuration = 10_000;
  stalledInterval = 4_000;
  /** A worker that was killed is no fault of its job's; only a job left behind more often than this is given up. */
  mostStalls = 10;
  /** Between two looks into the outbox: when there is work, and at most when there is none. */
  pollBusy = 250;
  pollIdle = 1_000;
  /** A row handed over this long ago and still there is handed over again: the queue may have lost its memory. */
  relayAgainAfter = 60_000;
  /** A relay that could not look for this long is out of order. */
  relaySilence = 15_000;
  /** How often work that returns by the clock is promised anew, in case the clock was put right. */
  promiseAgain = 600_000;
}
