package org.letargo.manager.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.letargo.manager.cli.testing.FakeApi;

/** Which token is shown to the manager. Where the wrong one is shown the manager says 401. */
class TokenSourceTest {
  private final FakeApi api = new FakeApi();
  private final CliRun cli;
  private final Path folder;

  TokenSourceTest(@TempDir Path folder) {
    this.folder = folder;
    cli = CliRun.on(api, folder).without("LETARGO_TOKEN");
  }

  @AfterEach
  void close() {
    api.close();
  }

  @Test
  void takesTheVariableBeforeAllFiles() throws IOException {
    token("home/.config/letargo/token", "wrong", "rw-------");
    token("named", "wrong", "rw-------");
    cli.with("LETARGO_TOKEN", FakeApi.TOKEN);

    assertThat(cli.run("list", "--token-file", folder.resolve("named").toString())).isZero();
  }

  @Test
  void takesTheNamedFileBeforeTheUsersOwn() throws IOException {
    token("home/.config/letargo/token", "wrong", "rw-------");
    token("named", FakeApi.TOKEN, "rw-------");

    assertThat(cli.run("list", "--token-file", folder.resolve("named").toString())).isZero();
    assertThat(cli.with("LETARGO_TOKEN_FILE", folder.resolve("named").toString()).run("list"))
        .isZero();
  }

  @Test
  void takesTheUsersOwnBeforeTheAdministrators() throws IOException {
    token("home/.config/letargo/token", FakeApi.TOKEN, "rw-------");
    token("state/admin.token", "wrong", "rw-------");

    assertThat(cli.run("list")).isZero();
    assertThat(cli.err()).isEmpty();
  }

  @Test
  void takesTheAdministratorsLast() throws IOException {
    token("state/admin.token", FakeApi.TOKEN, "rw-------");

    assertThat(cli.run("list")).isZero();
  }

  @Test
  void showsTheAdministratorsTokenToNobodyElsesManager() throws IOException {
    token("state/admin.token", FakeApi.TOKEN, "rw-------");

    int status = cli.run("list", "--url", "http://elsewhere.invalid:7070");

    assertThat(status).isEqualTo(12);
    assertThat(cli.err()).startsWith("letargo: there is no token to show to the manager: ");
  }

  @Test
  void saysWhereItLooked() {
    Path own = folder.resolve("home/.config/letargo/token");

    assertThat(cli.run("list")).isEqualTo(12);
    assertThat(cli.err())
        .isEqualTo(
            "letargo: there is no token to show to the manager: LETARGO_TOKEN and --token-file are"
                + " not given, and neither '"
                + own
                + "' nor '"
                + folder.resolve("state/admin.token")
                + "' can be read. Let an administrator make one with 'letargo token create NAME"
                + " --role operator' and put it into '"
                + own
                + "'.\n");
    assertThat(api.requests()).isEmpty();
  }

  @Test
  void doesNotTakeAnotherTokenForANamedOneThatIsMissing() throws IOException {
    token("home/.config/letargo/token", FakeApi.TOKEN, "rw-------");

    assertThat(cli.run("list", "--token-file", "/nowhere/at-all")).isEqualTo(12);
    assertThat(cli.err())
        .isEqualTo(
            "letargo: cannot read token file '/nowhere/at-all': it does not exist. Name another one"
                + " with --token-file.\n");
  }

  @Test
  void warnsOfAFileThatOthersCanRead() throws IOException {
    Path file = token("home/.config/letargo/token", FakeApi.TOKEN, "rw-r-----");

    assertThat(cli.run("list")).isZero();
    assertThat(cli.err())
        .isEqualTo(
            "letargo: warning: token file '"
                + file
                + "' can be read by others: who has the token"
                + " can do what you can. Run 'chmod 600 "
                + file
                + "'.\n");
  }

  @Test
  void refusesWhatIsNoToken() throws IOException {
    Path file = token("home/.config/letargo/token", "two\nlines", "rw-------");

    assertThat(cli.run("list")).isEqualTo(12);
    assertThat(cli.err())
        .isEqualTo(
            "letargo: the token in '"
                + file
                + "' is refused: a token is one word of printable ASCII"
                + " characters. Copy it again, whole and alone.\n");
  }

  @Test
  void saysThatATokenIsNotKnown() {
    assertThat(cli.with("LETARGO_TOKEN", "wrong").run("list")).isEqualTo(12);
    assertThat(cli.err())
        .isEqualTo("letargo: the request is refused: its token is not known. Sign in.\n");
  }

  private Path token(String name, String token, String permissions) throws IOException {
    Path file = folder.resolve(name);
    Files.createDirectories(file.getParent());
    Files.writeString(file, token + "\n");
    return Files.setPosixFilePermissions(file, PosixFilePermissions.fromString(permissions));
  }
}
