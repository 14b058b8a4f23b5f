import { FEWEST_WITNESSES } from '../../vault/key-heads.js';

/** SQL: how many entries the log of keys has at the newest head that enough witnesses have seen; no row before the first. */
export const WITNESSED_SIZE = `
  (SELECT size FROM key_log_heads
    WHERE number = (SELECT head FROM key_log_cosignatures
                     GROUP BY head HAVING count(*) >= ${FEWEST_WITNESSES.toString()} ORDER BY head DESC LIMIT 1))`;
