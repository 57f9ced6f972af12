import type { Scenario } from './scenario';
import { tryRoutes, trySockets, tryWall } from './tenant-matrix';
import { furnish } from './tenant-world';
import { World } from './world';

/** Test 41: two workspaces that must not meet, over HTTP, over sockets, and in the tables themselves. */
export const tenants: Scenario = {
  name: 'tenants',
  test: 41,
  about: "every route and socket message with another workspace's ids, and the wall in the database",
  run: () =>
    World.with({}, async (world) => {
      const client = await world.connect();
      const us = await furnish(world.app.url, client, world.seeder, 'us', '400100');
      const them = await furnish(world.app.url, client, world.seeder, 'neighbours', '400200');
      const routes = await tryRoutes(world.app.url, client, us, them);
      const sockets = await trySockets(world.app.url, us, them);
      const wall = await tryWall(client, us.workspaceId, them.workspaceId);
      return {
        broken: [...routes.broken, ...sockets.broken, ...wall.broken],
        facts: { routes: routes.routes, requests: routes.requests, messages: sockets.messages, tables: wall.tables },
      };
    }),
};
