package org.letargo.hook.protocol;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.function.Consumer;

/** The hook's end of one connection: reads the request, lets it be answered, sends the answer. */
final class HookConnection implements HookExchange {
  /** Bounded, so that a fast sender waits for a slow handler: at most 4 MiB lie here. */
  private static final int QUEUED_INPUTS = 16;

  private static final byte[] END = new byte[0];
  private static final byte[] BROKEN = new byte[0];

  private final FrameChannel channel;
  private final Consumer<String> warnings;
  private final BlockingQueue<byte[]> inputs = new ArrayBlockingQueue<>(QUEUED_INPUTS);
  private final InputStream input = new QueuedInput();

  /** Guarded by this: listeners, and whether the caller is gone. */
  private final List<Runnable> hangUpListeners = new ArrayList<>();

  private Consumer<TerminalSize> resizeListener = size -> {};
  private boolean hungUp;
  private volatile boolean answered;

  HookConnection(FrameChannel channel, Consumer<String> warnings) {
    this.channel = channel;
    this.warnings = warnings;
  }

  void serve(HookHandler handler) throws IOException {
    FrameChannel.Frame first = channel.read();
    if (first == null) {
      return;
    }
    if (first.kind() != FrameKind.REQUEST) {
      throw new IOException("the first frame is " + first.kind() + ", not REQUEST");
    }
    HookRequest<?> request;
    try {
      request = Json.MAPPER.readValue(first.payload(), HookRequest.class);
    } catch (IOException e) {
      channel.writeJson(FrameKind.FAILURE, Failure.of(refused(e)));
      return;
    }
    Thread reader = Thread.ofVirtual().name("hook-input").start(this::readFrames);
    try {
      answer(handler, request);
    } finally {
      answered = true;
      reader.interrupt(); // it may be waiting for room in the queue
    }
  }

  private void answer(HookHandler handler, HookRequest<?> request) throws IOException {
    Object reply;
    try {
      reply = handler.handle(request, this);
    } catch (VpsException e) {
      send(FrameKind.FAILURE, Failure.of(e));
      return;
    } catch (RuntimeException | Error e) {
      String what = request.getClass().getSimpleName() + " failed";
      warnings.accept(what + ": " + e);
      send(FrameKind.FAILURE, Failure.of(VpsException.internal(what, e)));
      return;
    }
    send(FrameKind.RESULT, reply);
  }

  private void send(FrameKind kind, Object value) {
    try {
      channel.writeJson(kind, value);
    } catch (IOException e) {
      hangUp(); // the caller is gone; the journal keeps the outcome for it
    }
  }

  private void readFrames() {
    byte[] last = BROKEN;
    try {
      for (FrameChannel.Frame frame = channel.read(); frame != null; frame = channel.read()) {
        switch (frame.kind()) {
          case INPUT -> {
            if (frame.payload().length > 0) {
              inputs.put(frame.payload());
            }
          }
          case INPUT_END -> inputs.put(END);
          case RESIZE -> resized(Json.MAPPER.readValue(frame.payload(), TerminalSize.class));
          case REQUEST, PROGRESS, OUTPUT, ERROR_OUTPUT, EVENT, RESULT, FAILURE ->
              throw new IOException("a client sent a frame " + frame.kind());
        }
      }
    } catch (IOException e) {
      if (!answered) {
        warnings.accept("a connection broke: " + e.getMessage());
      }
    } catch (InterruptedException e) {
      return; // answered; nobody reads the input any more
    }
    hangUp();
    try {
      inputs.put(last);
    } catch (InterruptedException e) {
      // answered; nobody reads the input any more
    }
  }

  private void resized(TerminalSize size) {
    Consumer<TerminalSize> listener;
    synchronized (this) {
      listener = resizeListener;
    }
    listener.accept(size);
  }

  private void hangUp() {
    List<Runnable> listeners;
    synchronized (this) {
      hungUp = true;
      listeners = List.copyOf(hangUpListeners);
      hangUpListeners.clear();
    }
    listeners.forEach(Runnable::run);
  }

  @Override
  public void progress(Progress progress) {
    send(FrameKind.PROGRESS, progress);
  }

  @Override
  public void output(byte[] bytes, int offset, int length) throws IOException {
    sendData(FrameKind.OUTPUT, bytes, offset, length);
  }

  @Override
  public void errorOutput(byte[] bytes, int offset, int length) throws IOException {
    sendData(FrameKind.ERROR_OUTPUT, bytes, offset, length);
  }

  private void sendData(FrameKind kind, byte[] bytes, int offset, int length) throws IOException {
    for (int done = 0; done < length; done += FrameChannel.MAX_DATA_BYTES) {
      int part = Math.min(FrameChannel.MAX_DATA_BYTES, length - done);
      channel.write(kind, bytes, offset + done, part);
    }
  }

  @Override
  public void event(VpsEvent event) throws IOException {
    channel.writeJson(FrameKind.EVENT, event);
  }

  @Override
  public InputStream input() {
    return input;
  }

  @Override
  public synchronized void onResize(Consumer<TerminalSize> listener) {
    resizeListener = listener;
  }

  @Override
  public void onHangUp(Runnable listener) {
    synchronized (this) {
      if (!hungUp) {
        hangUpListeners.add(listener);
        return;
      }
    }
    listener.run();
  }

  private static VpsException refused(IOException cause) {
    for (Throwable t = cause; t != null; t = t.getCause()) {
      if (t instanceof VpsException known) {
        return known;
      }
    }
    return VpsException.invalid(
        "request",
        String.valueOf(cause.getMessage()).lines().findFirst().orElse("it is not JSON"),
        "See docs/hook-protocol.md.");
  }

  private final class QueuedInput extends InputStream {
    private byte[] current = new byte[0];
    private int position;

    @Override
    public int read() throws IOException {
      byte[] one = new byte[1];
      return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] bytes, int offset, int length) throws IOException {
      if (length == 0) {
        return 0;
      }
      while (position == current.length) {
        if (current == END && position == 0 && ended) {
          return -1;
        }
        take();
      }
      int part = Math.min(length, current.length - position);
      System.arraycopy(current, position, bytes, offset, part);
      position += part;
      return part;
    }

    private boolean ended;

    private void take() throws IOException {
      try {
        byte[] next = inputs.take();
        if (next == BROKEN) {
          inputs.offer(BROKEN); // for every later read
          throw new EOFException("the caller hung up before its input ended");
        }
        ended = next == END;
        current = next;
        position = 0;
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new IOException("interrupted while waiting for input", e);
      }
    }
  }
}
