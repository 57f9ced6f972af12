import { Injectable } from '@nestjs/common';
import type { BrandChannel, BrandChannels } from '../identity/brand-channels';
import type { Tx } from '../platform/database';

@Injectable()
export class ChannelsOfBrands implements BrandChannels {
  enabled(tx: Tx, workspaceId: string, brandId: string): Promise<BrandChannel[]> {
    // $1 workspace, $2 brand
    return tx.query<BrandChannel>(
      `SELECT id, kind, name FROM channels WHERE workspace_id = $1 AND brand_id = $2 AND state <> 'disabled' ORDER BY name, id`,
      [workspaceId, brandId],
    );
  }
}
