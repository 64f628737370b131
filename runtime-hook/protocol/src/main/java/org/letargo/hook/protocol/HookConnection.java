package org.letargo.hook.protocol;

import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;

/** The hook's end of one connection: reads the request, lets it be answered, sends the answer. */
final class HookConnection implements HookExchange {
  private final FrameChannel channel;
  private final Consumer<String> warnings;
  private final QueuedInput input = new QueuedInput();

  /** The progress that is to be sent; who finds it empty starts a thread that sends it. */
  private final AtomicReference<Progress> latest = new AtomicReference<>();

  /** Held while progress is sent, and while the answer makes an end of it. */
  private final ReentrantLock sendingProgress = new ReentrantLock();

  /** Guarded by this: listeners, what they have missed, and what has happened. */
  private final List<Runnable> hangUpListeners = new ArrayList<>();

  private Consumer<TerminalSize> resizeListener;
  private TerminalSize missedResize;
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

  private void answer(HookHandler handler, HookRequest<?> request) {
    FrameKind kind = FrameKind.FAILURE;
    Object value;
    try {
      value = handler.handle(request, this);
      kind = FrameKind.RESULT;
    } catch (VpsException e) {
      value = Failure.of(e);
    } catch (RuntimeException | Error e) {
      String what = request.getClass().getSimpleName() + " failed";
      warnings.accept(what + ": " + e);
      value = Failure.of(VpsException.internal(what, e));
    }
    sendingProgress.lock();
    try {
      sendLatestProgress();
      synchronized (this) {
        answered = true;
        hangUpListeners.clear();
      }
    } finally {
      sendingProgress.unlock();
    }
    send(kind, value);
  }

  private void send(FrameKind kind, Object value) {
    try {
      channel.writeJson(kind, value);
    } catch (IOException e) {
      hangUp(); // the caller is gone; the journal keeps the outcome for it
    }
  }

  private void readFrames() {
    try {
      readFramesToEnd();
    } catch (IOException e) {
      if (!answered) {
        warnings.accept("a connection broke: " + e.getMessage());
      }
    } catch (RuntimeException e) {
      warnings.accept("a listener of a connection failed: " + e);
    } catch (InterruptedException e) {
      return; // answered; nobody reads the input any more
    }
    try {
      hangUp();
      input.putBroken();
    } catch (InterruptedException e) {
      // answered; nobody reads the input any more
    }
  }

  private void readFramesToEnd() throws IOException, InterruptedException {
    for (FrameChannel.Frame frame = channel.read(); frame != null; frame = channel.read()) {
      switch (frame.kind()) {
        case INPUT -> input.put(frame.payload());
        case INPUT_END -> input.putEnd();
        case RESIZE -> resized(Json.MAPPER.readValue(frame.payload(), TerminalSize.class));
        case REQUEST, PROGRESS, OUTPUT, ERROR_OUTPUT, EVENT, RESULT, FAILURE ->
            throw new IOException("a client sent a frame " + frame.kind());
      }
    }
  }

  private void resized(TerminalSize size) {
    Consumer<TerminalSize> listener;
    synchronized (this) {
      listener = resizeListener;
      if (listener == null) {
        missedResize = size;
        return;
      }
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
    for (Runnable listener : listeners) {
      try {
        listener.run();
      } catch (RuntimeException e) {
        warnings.accept("a listener of a connection failed: " + e);
      }
    }
  }

  @Override
  public void progress(Progress progress) {
    if (latest.getAndSet(progress) == null) {
      Thread.ofVirtual().name("hook-progress").start(this::sendProgress);
    }
  }

  private void sendProgress() {
    sendingProgress.lock();
    try {
      if (!answered) {
        sendLatestProgress();
      }
    } finally {
      sendingProgress.unlock();
    }
  }

  private void sendLatestProgress() {
    Progress progress = latest.getAndSet(null);
    if (progress != null) {
      send(FrameKind.PROGRESS, progress);
    }
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
  public void onResize(Consumer<TerminalSize> listener) {
    TerminalSize missed;
    synchronized (this) {
      resizeListener = listener;
      missed = missedResize;
      missedResize = null;
    }
    if (missed != null) {
      listener.accept(missed);
    }
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
}
