package org.letargo.hook.pages;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.letargo.hook.command.Command;
import org.letargo.hook.protocol.Code;
import org.letargo.hook.protocol.VpsException;

/**
 * {@code letargo-relay hold}: sees to it that no task of a VPS ever finds zeros where its memory
 * has not arrived. It keeps their userfaultfds open beside the engine's daemon, and kills the VPS
 * when we say so or are gone ourselves. See relay.c.
 */
final class MemoryGuard implements AutoCloseable {
  private static final int LONGEST_KILL_SECONDS = 30;

  private final Process process;

  private MemoryGuard(Process process) {
    this.process = process;
  }

  /**
   * Starts it; the daemon is watched when this returns.
   *
   * @param relay the program
   * @param daemonPid which has the tasks' userfaultfds
   * @param initPid PID 1 of the VPS on the host
   */
  static MemoryGuard start(String relay, long daemonPid, long initPid) {
    try {
      Process process =
          Command.of(relay, "hold", String.valueOf(daemonPid), String.valueOf(initPid))
              .start(ProcessBuilder.Redirect.PIPE);
      MemoryGuard guard = new MemoryGuard(process);
      BufferedReader said = process.inputReader(StandardCharsets.UTF_8);
      String first = said.readLine();
      if (first == null || !first.equals("holds")) {
        String errors = process.errorReader(StandardCharsets.UTF_8).readLine();
        guard.close();
        throw failed(String.valueOf(errors), null);
      }
      return guard;
    } catch (IOException e) {
      throw failed(e.getMessage(), e);
    }
  }

  private static VpsException failed(String why, Throwable cause) {
    return new VpsException(
        Code.RESUME_FAILED,
        "cannot resume lazily",
        "letargo-relay cannot hold the memory: " + why,
        "",
        cause);
  }

  /**
   * The VPS must not run after that time, whatever becomes of us, unless a later one is told
   * before. One that has ended does not hear it.
   *
   * @param endNanos as {@link System#nanoTime}, which is the kernel's CLOCK_MONOTONIC
   */
  void lease(long endNanos) {
    ByteBuffer words = ByteBuffer.allocate(1 + Long.BYTES).order(ByteOrder.nativeOrder());
    try {
      OutputStream verdict = process.getOutputStream();
      verdict.write(words.put((byte) 'l').putLong(endNanos).array()); // at once: it fits the pipe
      verdict.flush();
    } catch (IOException e) {
      // it has ended, and so has the VPS, or its loan
    }
  }

  /** All memory is there, or the VPS has gone: it is on its own from now on. */
  void release() {
    try (var verdict = process.getOutputStream()) {
      verdict.write('d');
    } catch (IOException e) {
      // it has ended, and holds nothing any more
    }
    awaitEnd();
  }

  /**
   * Complete when it watches no more: the VPS was released, has ended by itself, or was killed
   * because the daemon ended.
   *
   * @see #killed
   */
  CompletableFuture<Process> ended() {
    return process.onExit();
  }

  /**
   * Whether the VPS was killed, or nobody knows; otherwise it was released or had ended by itself.
   * To be asked when it has {@link #ended}.
   */
  boolean killed() {
    return process.isAlive() || process.exitValue() != 0;
  }

  /** Kills the VPS, unless it was released or has ended; it has no process when this returns. */
  @Override
  public void close() {
    try {
      process.getOutputStream().close();
    } catch (IOException e) {
      // it has ended
    }
    awaitEnd();
  }

  private void awaitEnd() {
    try {
      if (!process.waitFor(LONGEST_KILL_SECONDS, TimeUnit.SECONDS)) {
        Command.kill(process);
      }
      process.getInputStream().close();
      process.getErrorStream().close();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (IOException e) {
      // nothing was to be read
    }
  }
}
