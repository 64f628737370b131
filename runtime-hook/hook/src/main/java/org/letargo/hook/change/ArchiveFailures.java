package org.letargo.hook.change;

import org.letargo.archive.ArchiveException;
import org.letargo.hook.protocol.Code;
import org.letargo.hook.protocol.VpsException;

/** Says with our codes what the archive module refuses. */
public final class ArchiveFailures {
  private ArchiveFailures() {}

  /** While a checkpoint is made. */
  public static VpsException whileTaking(ArchiveException e) {
    return of(e, Code.NOT_CHECKPOINTABLE);
  }

  /** While a checkpoint of the store is read. */
  static VpsException whileReading(ArchiveException e) {
    return of(e, Code.CHECKPOINT_CORRUPT);
  }

  /** While somebody's archive is read. */
  public static VpsException whileImporting(ArchiveException e) {
    return of(e, Code.ARCHIVE_REFUSED);
  }

  private static VpsException of(ArchiveException e, Code otherwise) {
    Code code =
        switch (e.kind()) {
          case TOO_LARGE -> Code.NO_SPACE;
          case CORRUPT, REFUSED, UNSUPPORTED, NOT_CAPTURABLE -> otherwise;
        };
    return new VpsException(code, e.what(), e.why(), e.remedy(), e);
  }
}
