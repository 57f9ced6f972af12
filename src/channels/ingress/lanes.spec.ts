import { uuidv7 } from '../../platform/ids';
import { LANES } from './ledger.repository';
import { laneOf } from './event-row';

it('gives a conversation one lane for ever', () => {
  // fixed values: nodes of two versions must agree while one replaces the other
  expect(laneOf('0192f0c0-0000-7000-8000-000000000001', 'dm:8123440097715526')).toBe(61);
  expect(laneOf('0192f0c0-0000-7000-8000-000000000001', 'comment:1_2:3')).toBe(58);
});

it('spreads conversations evenly', () => {
  const channel = uuidv7();
  const counts = Array.from({ length: LANES }, () => 0);
  for (let i = 0; i < 6400; i++) counts[laneOf(channel, `dm:812344009771${i}`)]! += 1;
  expect(Math.min(...counts)).toBeGreaterThan(50);
  expect(Math.max(...counts)).toBeLessThan(200);
});
