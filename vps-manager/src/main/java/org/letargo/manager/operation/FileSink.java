package org.letargo.manager.operation;

import java.io.IOException;
import org.letargo.hook.protocol.Failure;
import org.letargo.hook.protocol.OperationId;

/** Who takes an archive or a template file as it is written. All calls come one after the other. */
public interface FileSink {
  /** The download is allowed and begins as this operation; the first call. */
  void begins(OperationId operation);

  /**
   * Takes a part; waits while the taker is slow. The array is the sink's from now on.
   *
   * @throws IOException if the taker is gone
   */
  void write(byte[] part) throws IOException;

  /** The file is whole; the last call. */
  void ends();

  /** The file will not be whole; the last call. */
  void fails(Failure failure);
}
