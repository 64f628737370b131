package org.letargo.hook.rootfs;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import org.letargo.archive.disk.DiskCapture;
import org.letargo.archive.disk.DiskChanges;
import org.letargo.hook.vps.VpsFolder;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The disk of a VPS as it was when the VPS stood still, on its way into a checkpoint. For one
 * thread at a time.
 */
public final class HeldDisk implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(HeldDisk.class);

  private final VpsFolder folder;
  private final DiskCapture.Held held;
  private final Optional<SharedBlocks> blocks;

  HeldDisk(VpsFolder folder, DiskCapture.Held held, Optional<SharedBlocks> blocks) {
    this.folder = folder;
    this.held = held;
    this.blocks = blocks;
  }

  /** Where the files are that wait to be read. */
  static Path place(VpsFolder folder) {
    return folder.state().resolve("disk.held");
  }

  /**
   * Reads what was only kept; then all of the disk is in the checkpoint. Once.
   *
   * @return bytes of data saved
   * @throws IOException if it cannot be read or stored
   */
  public long finish() throws IOException {
    DiskCapture.Captured captured = held.finish();
    DiskChanges saved = captured.changes();
    if (!saved.skippedSockets().isEmpty()) {
      LOG.debug("vps={} sockets that are not saved: {}", folder.name(), saved.skippedSockets());
    }
    LOG.debug("vps={} disk captured: {}", folder.name(), captured.reads());
    return saved.dataBytes();
  }

  /**
   * Gives up what is not finished, and what it took to keep it. What cannot be given up is no
   * failure: the checkpoint may be there already, and the processes be gone; the next one removes
   * it.
   */
  @Override
  public void close() {
    try (held) {
      blocks.ifPresent(SharedBlocks::close);
    } catch (IOException | RuntimeException e) {
      LOG.warn("vps={} {}, continuing with what is left of it", folder.name(), e.toString());
    }
  }
}
