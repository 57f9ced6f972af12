import { createBullBoard } from '@bull-board/api';
import { BullAdapter } from '@bull-board/api/bullAdapter';
import { FastifyAdapter } from '@bull-board/fastify';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { errorBody } from '../platform/http-errors.filter';
import type { BullDriver } from './bull-driver';

export const BULL_BOARD_PATH = '/admin/queues';

/**
 * The queues as Bull sees them, to look at. It is read-only: Redis only carries ids, and what a person may do with a job
 * goes through `/jobs`, with permission, CSRF check and audit.
 * @param mayLook decides from the request's own session; a refused request gets 403
 */
export async function mountBullBoard(
  server: FastifyInstance,
  driver: BullDriver,
  mayLook: (request: FastifyRequest) => Promise<boolean>,
): Promise<void> {
  const board = new FastifyAdapter().setBasePath(BULL_BOARD_PATH);
  createBullBoard({
    queues: [...driver.queues.values()].map((queue) => new BullAdapter(queue, { readOnlyMode: true })),
    serverAdapter: board,
    options: { uiConfig: { boardTitle: 'Pasokh' } },
  });
  await server.register(async (scope) => {
    scope.addHook('onRequest', async (request, reply) => {
      if (await mayLook(request)) return;
      await reply.status(403).send(errorBody('forbidden', 'Sign in as an owner or admin to see the queues.'));
    });
    await scope.register(board.registerPlugin(), { prefix: BULL_BOARD_PATH });
  });
}
