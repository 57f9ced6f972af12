import { Injectable } from '@nestjs/common';

export interface Look {
  workspaceId: string;
  agentId: string;
  ticketId: string;
}

/** Passes on which agent opened which ticket on this node, to parts of the product that the sockets know nothing of. */
@Injectable()
export class TicketLooks {
  private readonly listeners: ((look: Look) => void)[] = [];

  onLooked(listener: (look: Look) => void): void {
    this.listeners.push(listener);
  }

  looked(look: Look): void {
    for (const listener of this.listeners) listener(look);
  }
}
