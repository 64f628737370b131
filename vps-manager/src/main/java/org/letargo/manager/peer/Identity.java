package org.letargo.manager.peer;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.GeneralSecurityException;
import java.security.cert.X509Certificate;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.letargo.archive.DurableFiles;
import org.letargo.hook.protocol.VpsException;

/**
 * Who this installation is to its peers: its certificate authority, on the disk (0600), and the
 * certificate that it shows, in memory only and made anew long before it ends. While the authority
 * is replaced there are two: the current one, and the next one that peers are told of.
 */
final class Identity {
  /** What is shown is replaced when it holds for less than this. */
  static final Duration LEAF_RENEWAL = Authority.LEAF_LIFE.dividedBy(3).multipliedBy(2);

  /** The authority is replaced by itself when it holds for less than this. */
  static final Duration AUTHORITY_RENEWAL = Duration.ofDays(365);

  private final Path file;
  private final Path nextFile;
  private final Clock clock;
  private Authority current;
  private Optional<Authority> next;
  private Authority.Leaf leaf;

  private Identity(Path folder, Clock clock) throws IOException, GeneralSecurityException {
    this.file = folder.resolve("authority.pem");
    this.nextFile = folder.resolve("next-authority.pem");
    this.clock = clock;
    if (Files.notExists(file)) {
      write(file, Authority.create(clock.instant()));
    }
    this.current = Authority.parse(Files.readString(file));
    this.next =
        Files.exists(nextFile)
            ? Optional.of(Authority.parse(Files.readString(nextFile)))
            : Optional.empty();
    this.leaf = current.issue(clock.instant());
  }

  /**
   * Reads the authority, or makes it.
   *
   * @param folder made (0700) if it is not there
   * @throws VpsException INTERNAL if it cannot be read or written
   */
  static Identity open(Path folder, Clock clock) {
    try {
      if (Files.notExists(folder)) {
        Files.createDirectories(folder.toAbsolutePath().getParent());
        Files.createDirectory(folder, DurableFiles.PRIVATE_DIRECTORY);
      }
      return new Identity(folder, clock);
    } catch (IOException | GeneralSecurityException e) {
      throw VpsException.internal("cannot use the certificate authority in '" + folder + "'", e);
    }
  }

  private static void write(Path file, Authority authority) throws IOException {
    DurableFiles.replace(
        file, ByteBuffer.wrap(authority.toPem().getBytes(StandardCharsets.US_ASCII)));
  }

  /** What is shown to peers now. */
  synchronized Authority.Leaf leaf() {
    Instant now = clock.instant();
    boolean mayLastLonger = leaf.endsAt().isBefore(current.certificate().getNotAfter().toInstant());
    if (mayLastLonger && now.plus(LEAF_RENEWAL).isAfter(leaf.endsAt())) {
      leaf = current.issue(now);
    }
    return leaf;
  }

  /** The authorities that peers shall believe: the current one first. */
  synchronized List<X509Certificate> authorities() {
    List<X509Certificate> all = new ArrayList<>(List.of(current.certificate()));
    next.map(Authority::certificate).ifPresent(all::add);
    return List.copyOf(all);
  }

  /** Whether there is a next authority that is not used yet. */
  synchronized boolean isRotating() {
    return next.isPresent();
  }

  /** Whether the authority has to be replaced soon. */
  synchronized boolean isOld() {
    Instant end = current.certificate().getNotAfter().toInstant();
    return clock.instant().plus(AUTHORITY_RENEWAL).isAfter(end);
  }

  /** Makes the next authority, unless there is one; nothing is signed by it yet. */
  synchronized void beginRotation() {
    if (next.isPresent()) {
      return;
    }
    Authority made = Authority.create(clock.instant());
    try {
      write(nextFile, made);
    } catch (IOException e) {
      throw VpsException.internal("cannot write '" + nextFile + "'", e);
    }
    next = Optional.of(made);
  }

  /** The next authority becomes the current one; the one before is forgotten. */
  synchronized void finishRotation() {
    Authority successor = next.orElseThrow();
    try {
      Files.move(nextFile, file, StandardCopyOption.ATOMIC_MOVE);
      DurableFiles.syncDirectory(file.toAbsolutePath().getParent());
    } catch (IOException e) {
      throw VpsException.internal("cannot replace '" + file + "'", e);
    }
    current = successor;
    next = Optional.empty();
    leaf = current.issue(clock.instant());
  }
}
