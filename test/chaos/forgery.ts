import { ApiClient } from '../support/api-client';
import type { Scenario } from './scenario';
import { tryForgeries } from './try-forgeries';
import { World } from './world';

/** Test 38: requests that nobody who may sign has signed. */
export const forgery: Scenario = {
  name: 'forgery',
  test: 38,
  about: 'forged webhooks of every kind: refused, and nothing stored',
  run: ({ random }) =>
    World.with({}, async (world) => {
      const other = await world.seeder.workspace('elsewhere');
      const theirs = ApiClient.withToken(world.app.url, (await world.seeder.agent(other, 'owner')).token);
      const { broken, tried } = await tryForgeries(world.app.url, world.databaseUrl, [world.api, theirs], random);
      return { broken, facts: { tried } };
    }),
};
