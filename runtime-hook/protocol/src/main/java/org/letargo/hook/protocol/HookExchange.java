package org.letargo.hook.protocol;

import java.io.IOException;
import java.io.InputStream;
import java.util.function.Consumer;

/**
 * The handler's end of one request while it is answered. What is sent blocks while the caller is
 * slow. A caller that hangs up does not end a change; it ends only what cannot go on without it, by
 * an IOException from the streams.
 */
public interface HookExchange {
  /**
   * Says how far it is. Never blocks: while the caller is slow only the latest is kept, so that a
   * caller which stands still cannot hold up a frozen VPS; silent if the caller is gone.
   */
  void progress(Progress progress);

  /**
   * Sends output of a stream. Offset and length as usual; the array may be used again afterwards.
   */
  void output(byte[] bytes, int offset, int length) throws IOException;

  /** Sends error output of a command. */
  void errorOutput(byte[] bytes, int offset, int length) throws IOException;

  void event(VpsEvent event) throws IOException;

  /**
   * What the caller sends, to its end; throws if the caller hangs up before it said that this is
   * all. The same stream on each call.
   */
  InputStream input();

  /**
   * Hears the new size of the caller's terminal, on a thread of the connection; at once if one came
   * before there was a listener.
   */
  void onResize(Consumer<TerminalSize> listener);

  /**
   * Runs once when the caller hangs up before it is answered, at once if it has; on a thread of the
   * connection. A caller whose input waits for a slow reader is found gone only when that is read.
   */
  void onHangUp(Runnable listener);
}
