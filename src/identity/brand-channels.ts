import type { Tx } from '../platform/database';

export interface BrandChannel {
  id: string;
  kind: string;
  name: string;
}

/** Answered by whoever knows the channels; identity does not. */
export abstract class BrandChannels {
  /** Those of a brand that are not disabled, in the order of their names. */
  abstract enabled(tx: Tx, workspaceId: string, brandId: string): Promise<BrandChannel[]>;
}
