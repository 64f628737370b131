package org.letargo.hook.protocol;

import java.io.IOException;
import java.io.OutputStream;

/**
 * The caller's end of one request. One thread calls {@link #next}; another may write {@link #input}
 * at the same time. Closing hangs up.
 */
public final class HookStream<R> implements AutoCloseable {
  /** What comes back. */
  public sealed interface Item<R> {
    record Progressed<R>(Progress progress) implements Item<R> {}

    record Output<R>(byte[] bytes) implements Item<R> {}

    record ErrorOutput<R>(byte[] bytes) implements Item<R> {}

    record Event<R>(VpsEvent event) implements Item<R> {}

    /** The last one. */
    record Finished<R>(R reply) implements Item<R> {}
  }

  private final FrameChannel channel;
  private final Class<R> replyType;
  private final OutputStream input = new Input();

  HookStream(FrameChannel channel, Class<R> replyType) {
    this.channel = channel;
    this.replyType = replyType;
  }

  /**
   * Waits for the next item.
   *
   * @throws VpsException what the hook failed with, or HOOK_UNREACHABLE if it went away
   */
  public Item<R> next() {
    try {
      FrameChannel.Frame frame = channel.read();
      if (frame == null) {
        throw new IOException("the connection ended without an answer");
      }
      return switch (frame.kind()) {
        case PROGRESS -> new Item.Progressed<>(read(frame, Progress.class));
        case OUTPUT -> new Item.Output<>(frame.payload());
        case ERROR_OUTPUT -> new Item.ErrorOutput<>(frame.payload());
        case EVENT -> new Item.Event<>(read(frame, VpsEvent.class));
        case RESULT -> new Item.Finished<>(read(frame, replyType));
        case FAILURE -> throw read(frame, Failure.class).toException();
        case REQUEST, INPUT, INPUT_END, RESIZE ->
            throw new IOException("the hook sent a frame " + frame.kind());
      };
    } catch (IOException e) {
      throw HookClient.unreachable(e);
    }
  }

  /** Drops everything but progress until the answer. */
  public R await(ProgressListener listener) {
    while (true) {
      switch (next()) {
        case Item.Progressed<R>(Progress progress) -> listener.on(progress);
        case Item.Finished<R>(R reply) -> {
          return reply;
        }
        case Item.Output<R> _, Item.ErrorOutput<R> _, Item.Event<R> _ -> {}
      }
    }
  }

  /**
   * Bytes to the hook; closing it says that this was all and leaves the stream open. An IOException
   * means that the hook takes no more: {@link #next} then tells why, so ask it before you give up.
   */
  public OutputStream input() {
    return input;
  }

  public void resize(TerminalSize size) throws IOException {
    channel.writeJson(FrameKind.RESIZE, size);
  }

  @Override
  public void close() {
    try {
      channel.close();
    } catch (IOException e) {
      // closing is all we wanted
    }
  }

  private static <T> T read(FrameChannel.Frame frame, Class<T> type) throws IOException {
    return Json.MAPPER.readValue(frame.payload(), type);
  }

  private final class Input extends OutputStream {
    private boolean closed;

    @Override
    public void write(int b) throws IOException {
      write(new byte[] {(byte) b}, 0, 1);
    }

    @Override
    public void write(byte[] bytes, int offset, int length) throws IOException {
      if (closed) {
        throw new IOException("the input is closed");
      }
      for (int done = 0; done < length; done += FrameChannel.MAX_DATA_BYTES) {
        int part = Math.min(FrameChannel.MAX_DATA_BYTES, length - done);
        channel.write(FrameKind.INPUT, bytes, offset + done, part);
      }
    }

    @Override
    public void close() throws IOException {
      if (!closed) {
        closed = true;
        channel.write(FrameKind.INPUT_END, new byte[0], 0, 0);
      }
    }
  }
}
