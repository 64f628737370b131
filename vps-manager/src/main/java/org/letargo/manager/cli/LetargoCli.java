package org.letargo.manager.cli;

import java.io.IOException;
import java.io.InputStream;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import org.letargo.hook.protocol.DataSize;
import org.letargo.hook.protocol.Ipv4Address;
import org.letargo.hook.protocol.OperationId;
import org.letargo.hook.protocol.PublishedPort;
import org.letargo.hook.protocol.TemplateName;
import org.letargo.hook.protocol.VpsException;
import org.letargo.hook.protocol.VpsName;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.IVersionProvider;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ScopeType;
import picocli.CommandLine.Spec;
import picocli.CommandLine.UnmatchedArgumentException;

/** The command {@code letargo}: what all its commands share, and {@code main}. */
@Command(
    name = "letargo",
    description = "Runs, suspends, carries and resumes VPSes.",
    synopsisSubcommandLabel = "COMMAND",
    mixinStandardHelpOptions = true,
    scope = ScopeType.INHERIT,
    versionProvider = LetargoCli.Version.class,
    sortOptions = false,
    usageHelpAutoWidth = true)
public final class LetargoCli implements Runnable {
  private static final List<Class<?>> COMMANDS =
      List.of(
          CreateCommand.class,
          ChangeCommands.Start.class,
          ChangeCommands.Stop.class,
          ChangeCommands.Restart.class,
          ChangeCommands.Suspend.class,
          ChangeCommands.Resume.class,
          ChangeCommands.Pause.class,
          ChangeCommands.Unpause.class,
          DestroyCommand.class,
          ListCommand.class,
          StatusCommand.class,
          PreflightCommand.class,
          ExecCommand.class,
          EnterCommand.class,
          ConsoleCommand.class,
          CheckpointCommand.class,
          TimelineCommand.class,
          DiffCommand.class,
          VerifyCommand.class,
          RewindCommand.class,
          CloneCommand.class,
          MarkCommands.Pin.class,
          MarkCommands.Unpin.class,
          MarkCommands.Label.class,
          ForgetCommand.class,
          ScheduleCommand.class,
          StoreCommand.class,
          ExportCommand.class,
          ImportCommand.class,
          SendCommand.class,
          MigrateCommand.class,
          EvacuateCommand.class,
          OpsCommand.class,
          EventsCommand.class,
          TemplateCommand.class,
          TokenCommand.class,
          PeerCommand.class,
          HostCommand.class,
          CompletionCommand.class);

  static final String DEFAULT_URL = "http://127.0.0.1:7070";

  /** For so long a manager may be away while an operation is waited for. */
  static final Duration PATIENCE = Duration.ofSeconds(30);

  @Option(
      names = "--json",
      scope = ScopeType.INHERIT,
      description = "Print the manager's JSON; errors as a JSON object on standard error.")
  private boolean json;

  @Option(
      names = "--url",
      scope = ScopeType.INHERIT,
      paramLabel = "URL",
      description = "Where the manager is; else LETARGO_URL, else " + DEFAULT_URL + ".")
  private Optional<String> url = Optional.empty();

  @Option(
      names = "--token-file",
      scope = ScopeType.INHERIT,
      paramLabel = "FILE",
      description = "Where the token is; else LETARGO_TOKEN_FILE, else ~/.config/letargo/token.")
  private Optional<Path> tokenFile = Optional.empty();

  @Spec private CommandSpec spec;

  private final Environment environment;
  private Output output;
  private ApiClient api;

  private LetargoCli(Environment environment) {
    this.environment = environment;
  }

  /** Ends the process with an exit status of docs/cli.md. */
  public static void main(String[] arguments) {
    System.exit(run(Environment.ofProcess(), arguments));
  }

  /** Runs one command line; returns its exit status. */
  static int run(Environment environment, String... arguments) {
    CommandLine line = commandLine(environment, needed(arguments));
    line.setParameterExceptionHandler((e, all) -> {
      boolean wantsJson = Arrays.asList(all).contains("--json");
      return fail(new Output(environment, wantsJson), misunderstood(e));
    });
    line.setExecutionExceptionHandler((e, command, parsed) -> {
      LetargoCli cli = (LetargoCli) command.getCommandSpec().root().userObject();
      return fail(cli.output(), CliFailure.ofAny(e));
    });
    LetargoCli cli = line.getCommand();
    try {
      return line.execute(arguments);
    } finally {
      if (cli.api != null) {
        cli.api.close();
      }
    }
  }

  /**
   * The commands that a command line can be about. To look at one takes milliseconds, so where it
   * begins with the name of one that does not speak of the others, it is that one alone.
   */
  private static List<Class<?>> needed(String... arguments) {
    String first =
        Arrays.stream(arguments).filter(word -> !word.equals("--json")).findFirst().orElse("");
    if (first.equals(nameOf(CompletionCommand.class))) {
      return COMMANDS;
    }
    return COMMANDS.stream()
        .filter(command -> nameOf(command).equals(first))
        .findFirst()
        .<List<Class<?>>>map(List::of)
        .orElse(COMMANDS);
  }

  private static String nameOf(Class<?> command) {
    return command.getAnnotation(Command.class).name();
  }

  /** With all commands. */
  static CommandLine commandLine(Environment environment) {
    return commandLine(environment, COMMANDS);
  }

  private static CommandLine commandLine(Environment environment, List<Class<?>> commands) {
    var line = new CommandLine(new LetargoCli(environment));
    commands.forEach(line::addSubcommand);
    line.registerConverter(VpsName.class, VpsName::new);
    line.registerConverter(CheckpointPlace.class, CheckpointPlace::parse);
    line.registerConverter(OperationId.class, OperationId::new);
    line.registerConverter(TemplateName.class, TemplateName::new);
    line.registerConverter(Ipv4Address.class, Ipv4Address::new);
    line.registerConverter(PublishedPort.class, PublishedPort::parse);
    line.registerConverter(DataSize.class, DataSize::parse);
    line.registerConverter(Duration.class, Durations::parse);
    line.registerConverter(VerifyOption.Depth.class, VerifyOption.Depth::parse);
    line.setOut(new PrintWriter(environment.out(), true, StandardCharsets.UTF_8));
    line.setErr(new PrintWriter(environment.err(), true, StandardCharsets.UTF_8));
    line.setColorScheme(CommandLine.Help.defaultColorScheme(CommandLine.Help.Ansi.OFF));
    line.getCommandSpec().usageMessage().exitCodeListHeading("%nExit statuses:%n");
    Map<String, String> statuses = new LinkedHashMap<>();
    for (ExitStatus status : ExitStatus.values()) {
      statuses.put("" + status.number(), status.meaning());
    }
    line.getCommandSpec().usageMessage().exitCodeList(statuses);
    // what stands behind the VPS's name is the command's, options too: exec web1 ls -l
    Optional.ofNullable(line.getSubcommands().get("exec"))
        .ifPresent(exec -> exec.setStopAtPositional(true));
    return line;
  }

  /** Without a command. */
  @Override
  public void run() {
    throw new ParameterException(spec.commandLine(), "a command is missing");
  }

  Environment environment() {
    return environment;
  }

  Output output() {
    if (output == null) {
      output = new Output(environment, json);
    }
    return output;
  }

  /** The manager; looked for at the first call. */
  ApiClient api() {
    if (api == null) {
      String fromVariable = environment.variable("LETARGO_URL");
      ManagerUrl manager =
          ManagerUrl.parse(url.orElse(fromVariable.isEmpty() ? DEFAULT_URL : fromVariable));
      String token = tokenSource().find(manager.isLoopback());
      if (!manager.isEncrypted() && !manager.isLoopback()) {
        output().warn("the token travels to " + manager + " unencrypted. Use https.");
      }
      api = new ApiClient(manager, token);
    }
    return api;
  }

  private TokenSource tokenSource() {
    String fromVariable = environment.variable("LETARGO_TOKEN_FILE");
    Optional<Path> named =
        tokenFile.or(() -> Optional.of(fromVariable).filter(text -> !text.isEmpty()).map(Path::of));
    return new TokenSource(environment, named, output());
  }

  private static int fail(Output output, CliFailure failure) {
    output.failure(failure);
    return failure.status().number();
  }

  private static CliFailure misunderstood(ParameterException e) {
    if (e.getCause() instanceof VpsException refused) {
      return CliFailure.of(refused); // the value has its own sentence
    }
    String command = e.getCommandLine().getCommandSpec().qualifiedName();
    String why = e.getMessage().strip().replaceAll("\\.$", "").replaceAll("\\s*\\R\\s*", " ");
    String remedy = "See '" + command + " --help'.";
    if (e instanceof UnmatchedArgumentException unmatched
        && !unmatched.getSuggestions().isEmpty()) {
      remedy = "Did you mean '" + unmatched.getSuggestions().getFirst() + "'? " + remedy;
    }
    return new CliFailure(
        ExitStatus.INVALID_PARAMETER,
        "INVALID_REQUEST",
        "cannot understand the command line",
        why.substring(0, 1).toLowerCase(Locale.ROOT) + why.substring(1),
        remedy);
  }

  /** The version that the build wrote into the jar. */
  static final class Version implements IVersionProvider {
    private static final String WRITTEN =
        "/META-INF/maven/org.letargo/letargo-manager/pom.properties";

    @Override
    public String[] getVersion() throws IOException {
      try (InputStream in = LetargoCli.class.getResourceAsStream(WRITTEN)) {
        var properties = new Properties();
        if (in != null) {
          properties.load(in);
        }
        return new String[] {"letargo " + properties.getProperty("version", "(not from a jar)")};
      }
    }
  }
}
