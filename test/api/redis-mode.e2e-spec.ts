import { BullDriver } from '../../src/jobs/bull-driver';
import { JobDriver } from '../../src/jobs/job-driver';
import { JobHandlers } from '../../src/jobs/job-handlers';
import { startApp } from '../harness';

it('the whole product starts with Bull, which has a queue for every handler of every module', async () => {
  const env = { REDIS_URL: process.env['TEST_REDIS_URL']!, REDIS_PREFIX: `whole-${process.pid}` };
  const t = await startApp({ env });
  try {
    const driver = t.app.get(JobDriver);
    const wanted = t.app
      .get(JobHandlers)
      .queues()
      .map(({ queue }) => queue);
    expect(driver).toBeInstanceOf(BullDriver);
    expect(wanted.length).toBeGreaterThan(5);
    expect([...(driver as BullDriver).queues.keys()]).toEqual(expect.arrayContaining(wanted));
  } finally {
    await t.close();
  }
});
