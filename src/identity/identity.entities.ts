import { AgentEntity } from './agent.entity';
import { ApiTokenEntity } from './api-token.entity';
import { BrandEntity } from './brand.entity';
import { TeamEntity } from './team.entity';
import { WorkspaceEntity } from './workspace.entity';

/** For the data source; nobody outside this module reads these tables through them. */
export const IDENTITY_ENTITIES = [WorkspaceEntity, BrandEntity, TeamEntity, AgentEntity, ApiTokenEntity];
