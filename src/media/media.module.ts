import { Global, Module } from '@nestjs/common';
import { join } from 'node:path';
import { AuditModule } from '../audit/audit.module';
import { ChannelsModule } from '../channels/channels.module';
import { NotificationsModule } from '../notifications/notifications.module';
import { Config } from '../platform/config';
import { BlobStore } from './blob-store';
import { FolderBlobs } from './folder-blobs';
import { FileQuotaController } from './file-quota.controller';
import { FileQuotaRepository } from './file-quota.repository';
import { FileQuota } from './file-quota.service';
import { MediaController, MediaFilesController } from './media.controller';
import { MediaFetching } from './media-fetching';
import { MediaLinks } from './media-links';
import { MediaRepository } from './media.repository';
import { MediaService } from './media.service';
import { MediaSweeper } from './media.sweeper';
import { S3Blobs } from './s3-blobs';
import { UploadsService } from './uploads.service';

function blobStore(config: Config): BlobStore {
  const { S3_ENDPOINT, S3_BUCKET, S3_ACCESS_KEY_ID, S3_SECRET_ACCESS_KEY } = config;
  if (!S3_ENDPOINT || !S3_BUCKET || !S3_ACCESS_KEY_ID || !S3_SECRET_ACCESS_KEY)
    return new FolderBlobs(config.BLOB_DIR ?? join(config.DATA_DIR, 'blobs'));
  return new S3Blobs({
    endpoint: S3_ENDPOINT,
    bucket: S3_BUCKET,
    region: config.S3_REGION,
    accessKeyId: S3_ACCESS_KEY_ID,
    secretAccessKey: S3_SECRET_ACCESS_KEY,
  });
}

/** Files in and out. Global because replies take uploads and housekeeping forgets them. */
@Global()
@Module({
  imports: [ChannelsModule, AuditModule, NotificationsModule],
  controllers: [MediaController, MediaFilesController, FileQuotaController],
  providers: [
    { provide: BlobStore, useFactory: blobStore, inject: [Config] },
    FileQuotaRepository,
    FileQuota,
    MediaRepository,
    MediaLinks,
    MediaFetching,
    MediaService,
    MediaSweeper,
    UploadsService,
  ],
  exports: [UploadsService, MediaFetching, BlobStore],
})
export class MediaModule {}
