package org.letargo.manager.cli;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.util.Optional;
import java.util.Set;

/**
 * Where the token comes from, first match: {@code LETARGO_TOKEN}, the file of {@code --token-file},
 * {@code ~/.config/letargo/token}, and, towards a manager on this machine only, the state folder's
 * {@code admin.token}.
 */
final class TokenSource {
  private static final Set<PosixFilePermission> READ_BY_OTHERS =
      Set.of(PosixFilePermission.GROUP_READ, PosixFilePermission.OTHERS_READ);

  private final Environment environment;
  private final Optional<Path> named;
  private final Output output;

  /**
   * @param named the file of {@code --token-file} or {@code LETARGO_TOKEN_FILE}
   */
  TokenSource(Environment environment, Optional<Path> named, Output output) {
    this.environment = environment;
    this.named = named;
    this.output = output;
  }

  /**
   * @param local whether the manager is reached over this machine's loopback: the administrator's
   *     token of this host is nobody else's business
   * @throws CliFailure if there is none, or a named file cannot be read
   */
  String find(boolean local) {
    String fromVariable = environment.variable("LETARGO_TOKEN").strip();
    if (!fromVariable.isEmpty()) {
      return checked(fromVariable, "LETARGO_TOKEN");
    }
    if (named.isPresent()) {
      return read(named.get()).orElseThrow(() -> missing(named.get(), "it does not exist"));
    }
    Path own = environment.home().resolve(".config/letargo/token");
    Optional<String> token = read(own);
    Path administrators = environment.stateFolder().resolve("admin.token");
    if (token.isEmpty() && local) {
      token = readUnlessDenied(administrators);
    }
    return token.orElseThrow(() ->
        new CliFailure(
            ExitStatus.PERMISSION,
            "UNAUTHENTICATED",
            "there is no token to show to the manager",
            "LETARGO_TOKEN and --token-file are not given, and neither '"
                + own
                + "'"
                + (local ? " nor '" + administrators + "' can be read" : " can be read"),
            "Let an administrator make one with 'letargo token create NAME --role operator'"
                + " and put it into '"
                + own
                + "'."));
  }

  private Optional<String> readUnlessDenied(Path file) {
    return Files.isReadable(file) ? read(file) : Optional.empty();
  }

  private Optional<String> read(Path file) {
    try {
      String token = checked(Files.readString(file).strip(), "'" + file + "'");
      warnIfShared(file);
      return Optional.of(token);
    } catch (NoSuchFileException notThere) {
      return Optional.empty();
    } catch (AccessDeniedException e) {
      throw missing(file, "you may not read it");
    } catch (IOException e) {
      throw missing(file, String.valueOf(e.getMessage()));
    }
  }

  private void warnIfShared(Path file) throws IOException {
    Set<PosixFilePermission> permissions = Files.getPosixFilePermissions(file);
    if (READ_BY_OTHERS.stream().anyMatch(permissions::contains)) {
      output.warn(
          "token file '"
              + file
              + "' can be read by others: who has the token can do what you can. Run 'chmod 600 "
              + file
              + "'.");
    }
  }

  /** A header must not be broken by what stands in a file. */
  private static String checked(String token, String from) {
    boolean printable = token.chars().allMatch(c -> c > ' ' && c < 127);
    if (token.isEmpty() || token.length() > 512 || !printable) {
      throw new CliFailure(
          ExitStatus.PERMISSION,
          "UNAUTHENTICATED",
          "the token in " + from + " is refused",
          "a token is one word of printable ASCII characters",
          "Copy it again, whole and alone.");
    }
    return token;
  }

  private static CliFailure missing(Path file, String why) {
    return new CliFailure(
        ExitStatus.PERMISSION,
        "UNAUTHENTICATED",
        "cannot read token file '" + file + "'",
        why,
        "Name another one with --token-file.");
  }
}
