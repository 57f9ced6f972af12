import { Module } from '@nestjs/common';
import { Housekeeping } from './housekeeping';
import { Resealing } from './resealing';

@Module({ providers: [Housekeeping, Resealing] })
export class MaintenanceModule {}
