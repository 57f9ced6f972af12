import { Injectable } from '@nestjs/common';
import type { OutboundAttachment } from '../channels/sending';
import { UploadsService } from '../media/uploads.service';
import { DomainError } from '../platform/errors';

/** An attachment as it waits with its message: known by its address, or by its upload here. */
export type QueuedAttachment = Omit<OutboundAttachment, 'read'> & { uploadId?: string };

/** A file that could not be read when the network was to get it: the message has not left. */
export class AttachmentUnreadable extends Error {
  constructor(
    message: string,
    /** It will not come back: somebody has to upload it again. */
    readonly gone: boolean,
    options: { cause: unknown },
  ) {
    super(message, options);
    this.name = 'AttachmentUnreadable';
  }
}

/** Where the bytes of what an agent attached are, asked at the moment of sending. */
@Injectable()
export class AttachmentSource {
  constructor(private readonly uploads: UploadsService) {}

  /**
   * @returns the attachment with an address the network may fetch; what was uploaded here with a fresh one, and its bytes
   * for networks that want them; reading them throws `AttachmentUnreadable`
   */
  open(workspaceId: string, { uploadId, ...attachment }: QueuedAttachment): OutboundAttachment {
    if (uploadId === undefined) return attachment;
    return {
      ...attachment,
      url: this.uploads.urlOf(workspaceId, uploadId),
      read: () => this.read(workspaceId, uploadId),
    };
  }

  private async read(workspaceId: string, uploadId: string): Promise<Buffer> {
    try {
      return await this.uploads.read(workspaceId, uploadId);
    } catch (cause) {
      const gone = cause instanceof DomainError;
      throw new AttachmentUnreadable(gone ? cause.message : 'The file cannot be read at the moment.', gone, { cause });
    }
  }
}
