package org.letargo.hook.protocol.testing;

import java.io.IOException;
import java.io.OutputStream;
import java.util.Arrays;
import java.util.function.Consumer;
import org.letargo.hook.protocol.AheadReport;
import org.letargo.hook.protocol.Code;
import org.letargo.hook.protocol.DataSize;
import org.letargo.hook.protocol.HookExchange;
import org.letargo.hook.protocol.HookRequest;
import org.letargo.hook.protocol.Progress;
import org.letargo.hook.protocol.VpsException;
import org.letargo.hook.protocol.VpsReport;
import org.letargo.hook.protocol.VpsStatus;

/** What is sent ahead by hooks that are none: a greeting, its answer, and noise. */
final class FakeAhead {
  private static final byte[] MAGIC = {'A', 'H', 'E', 'A', 'D'};
  private static final byte WISH = 1;
  private static final int BLOCK_BYTES = 64 << 10;

  private FakeAhead() {}

  /** Sends so many bytes in one round, and holds them until the input ends. */
  static AheadReport send(
      VpsReport vps, long bytes, HookExchange exchange, Consumer<Progress> progress) {
    if (!(vps.status() instanceof VpsStatus.Running)) {
      throw VpsException.wrongState(
          vps.spec().name(), "send ahead", vps.status().word(), "Only what runs is sent ahead.");
    }
    try {
      exchange.output(MAGIC, 0, MAGIC.length);
      if (exchange.input().read() != WISH) {
        throw FakeLife.lostCaller();
      }
      byte[] block = new byte[BLOCK_BYTES];
      for (long done = 0; done < bytes; done += BLOCK_BYTES) {
        exchange.output(block, 0, (int) Math.min(BLOCK_BYTES, bytes - done));
        progress.accept(new Progress("round 1", done, bytes, -1));
      }
      progress.accept(new Progress(HookRequest.SendAhead.SETTLED, bytes, bytes, -1));
      exchange.input().transferTo(OutputStream.nullOutputStream());
    } catch (IOException e) {
      throw FakeLife.lostCaller();
    }
    return new AheadReport(
        1,
        DataSize.ofBytes(bytes),
        DataSize.ofBytes(0),
        DataSize.ofMebibytes(100),
        DataSize.ofBytes(0),
        "what is left fits the downtime");
  }

  /** Takes all until the input ends. */
  static void receive(HookExchange exchange) {
    try {
      if (!Arrays.equals(exchange.input().readNBytes(MAGIC.length), MAGIC)) {
        throw new VpsException(
            Code.ARCHIVE_REFUSED,
            "what is sent ahead is refused",
            "what comes does not begin like chunks that are sent ahead",
            "Send it again.");
      }
      exchange.output(new byte[] {WISH}, 0, 1);
      exchange.input().transferTo(OutputStream.nullOutputStream());
    } catch (IOException e) {
      throw FakeLife.lostCaller();
    }
  }
}
