package org.letargo.hook.protocol;

import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * Everything that the hook can be asked. The set is closed and small on purpose: it is all that an
 * attacker who owns the manager can ask root for.
 *
 * <p>A change carries the id of the operation that it belongs to; the hook keeps the outcome under
 * it ({@link FindOperation}), so that a manager which died can learn how it ended.
 *
 * @param <R> what a success is answered with
 */
@JsonTypeInfo(use = JsonTypeInfo.Id.SIMPLE_NAME, property = "request")
@JsonSubTypes({
  @JsonSubTypes.Type(HookRequest.DescribeHost.class),
  @JsonSubTypes.Type(HookRequest.ListVps.class),
  @JsonSubTypes.Type(HookRequest.FindVps.class),
  @JsonSubTypes.Type(HookRequest.PreflightVps.class),
  @JsonSubTypes.Type(HookRequest.DescribeDeparture.class),
  @JsonSubTypes.Type(HookRequest.DescribeArrival.class),
  @JsonSubTypes.Type(HookRequest.WatchVps.class),
  @JsonSubTypes.Type(HookRequest.ListTemplates.class),
  @JsonSubTypes.Type(HookRequest.BuildTemplate.class),
  @JsonSubTypes.Type(HookRequest.AddTemplate.class),
  @JsonSubTypes.Type(HookRequest.ExportTemplate.class),
  @JsonSubTypes.Type(HookRequest.RemoveTemplate.class),
  @JsonSubTypes.Type(HookRequest.CreateVps.class),
  @JsonSubTypes.Type(HookRequest.StartVps.class),
  @JsonSubTypes.Type(HookRequest.StopVps.class),
  @JsonSubTypes.Type(HookRequest.DestroyVps.class),
  @JsonSubTypes.Type(HookRequest.PauseVps.class),
  @JsonSubTypes.Type(HookRequest.UnpauseVps.class),
  @JsonSubTypes.Type(HookRequest.SuspendVps.class),
  @JsonSubTypes.Type(HookRequest.ResumeVps.class),
  @JsonSubTypes.Type(HookRequest.ExportVps.class),
  @JsonSubTypes.Type(HookRequest.ImportVps.class),
  @JsonSubTypes.Type(HookRequest.SendCheckpoint.class),
  @JsonSubTypes.Type(HookRequest.ReceiveVps.class),
  @JsonSubTypes.Type(HookRequest.SendAhead.class),
  @JsonSubTypes.Type(HookRequest.ReceiveAhead.class),
  @JsonSubTypes.Type(HookRequest.MigrateVps.class),
  @JsonSubTypes.Type(HookRequest.FindMigration.class),
  @JsonSubTypes.Type(HookRequest.CheckpointVps.class),
  @JsonSubTypes.Type(HookRequest.ListCheckpoints.class),
  @JsonSubTypes.Type(HookRequest.MarkCheckpoint.class),
  @JsonSubTypes.Type(HookRequest.ForgetCheckpoint.class),
  @JsonSubTypes.Type(HookRequest.VerifyCheckpoint.class),
  @JsonSubTypes.Type(HookRequest.RewindVps.class),
  @JsonSubTypes.Type(HookRequest.CloneVps.class),
  @JsonSubTypes.Type(HookRequest.DiffCheckpoints.class),
  @JsonSubTypes.Type(HookRequest.DescribeStore.class),
  @JsonSubTypes.Type(HookRequest.MaintainStore.class),
  @JsonSubTypes.Type(HookRequest.ExecInVps.class),
  @JsonSubTypes.Type(HookRequest.AttachConsole.class),
  @JsonSubTypes.Type(HookRequest.FindOperation.class),
  @JsonSubTypes.Type(HookRequest.CancelOperation.class),
})
public sealed interface HookRequest<R> {
  /** The type of the answer to a success. */
  @SuppressWarnings("unchecked") // a test compares each with the R of its record
  default Class<R> replyType() {
    return (Class<R>)
        switch (this) {
          case DescribeHost _ -> HostReport.class;
          case ListVps _ -> VpsList.class;
          case FindVps _,
              CreateVps _,
              StartVps _,
              StopVps _,
              PauseVps _,
              UnpauseVps _,
              SuspendVps _,
              ResumeVps _,
              ImportVps _,
              ReceiveVps _,
              RewindVps _,
              CloneVps _ ->
              VpsReport.class;
          case PreflightVps _ -> PreflightReport.class;
          case DescribeDeparture _ -> DepartureReport.class;
          case DescribeArrival _ -> ArrivalReport.class;
          case WatchVps _,
              ExportTemplate _,
              RemoveTemplate _,
              DestroyVps _,
              ExportVps _,
              SendCheckpoint _,
              ReceiveAhead _,
              ForgetCheckpoint _,
              AttachConsole _,
              CancelOperation _ ->
              Done.class;
          case SendAhead _ -> AheadReport.class;
          case MigrateVps _, FindMigration _ -> MigrationReport.class;
          case ListTemplates _ -> TemplateList.class;
          case BuildTemplate _, AddTemplate _ -> TemplateReport.class;
          case CheckpointVps _, MarkCheckpoint _, VerifyCheckpoint _ -> TimelineEntry.class;
          case ListCheckpoints _ -> Timeline.class;
          case DiffCheckpoints _ -> CheckpointDiff.class;
          case DescribeStore _ -> StoreReport.class;
          case MaintainStore _ -> StoreFindings.class;
          case ExecInVps _ -> ExecReply.class;
          case FindOperation _ -> OperationReport.class;
        };
  }

  /** A request that changes something and therefore runs as an operation. */
  sealed interface Change<R> extends HookRequest<R> {
    OperationId operation();
  }

  /** What the host is and offers. */
  record DescribeHost() implements HookRequest<HostReport> {}

  /** All VPSes, by name. */
  record ListVps() implements HookRequest<VpsList> {}

  /** One VPS. */
  record FindVps(VpsName name) implements HookRequest<VpsReport> {}

  /** Whether a running VPS can be suspended: a look at it that does not touch it. */
  record PreflightVps(VpsName name) implements HookRequest<PreflightReport> {}

  /** What a VPS needs of a host that it moves to: a look at it that does not touch it. */
  record DescribeDeparture(VpsName name) implements HookRequest<DepartureReport> {}

  /**
   * Whether there is room here for a VPS of another host: a look that reserves nothing.
   *
   * @param templateDigest of the template that its disk builds on
   */
  record DescribeArrival(
      VpsName name, Ipv4Address address, List<PublishedPort> published, String templateDigest)
      implements HookRequest<ArrivalReport> {
    /** A host has 65,535 ports for each protocol. */
    public static final int MAX_PORTS = 2 * 65_535;

    private static final int MAX_DIGEST = 200;

    public DescribeArrival {
      published = List.copyOf(published);
      if (published.size() > MAX_PORTS || templateDigest.length() > MAX_DIGEST) {
        throw VpsException.invalid(
            "VPS '" + name + "'", "no VPS has so many ports, or such a template", "Send less.");
      }
    }
  }

  /**
   * A stream of {@link VpsEvent}: first every VPS as it stands, then every change, until the caller
   * hangs up.
   */
  record WatchVps() implements HookRequest<Done> {}

  /** All templates, built or not, by name. */
  record ListTemplates() implements HookRequest<TemplateList> {}

  /** Builds a template that ships with Letargo; done at once if it is there. */
  record BuildTemplate(OperationId operation, TemplateName name)
      implements Change<TemplateReport> {}

  /**
   * Makes a template from the input: a template file, which becomes exactly what it was where it
   * comes from, or the tar of a root file system (plain, gzip, xz, zstd), which is made fit first.
   */
  record AddTemplate(OperationId operation, TemplateName name) implements Change<TemplateReport> {}

  /** Writes a template that is built as output, as a template file. */
  record ExportTemplate(OperationId operation, TemplateName name) implements Change<Done> {}

  /** Removes a template that no VPS needs; one that ships with Letargo can be built again. */
  record RemoveTemplate(OperationId operation, TemplateName name) implements Change<Done> {}

  /**
   * Creates a VPS, stopped.
   *
   * @param address empty: the lowest free one
   */
  record CreateVps(
      OperationId operation,
      VpsName name,
      TemplateName template,
      VpsLimits limits,
      Optional<Ipv4Address> address,
      List<PublishedPort> published)
      implements Change<VpsReport> {
    public CreateVps {
      published = List.copyOf(published);
    }
  }

  /** Starts a stopped VPS. */
  record StartVps(OperationId operation, VpsName name) implements Change<VpsReport> {}

  /**
   * Asks the init of a running or paused VPS to shut down, and kills it after the grace time. A
   * suspended VPS is not stopped by this: its checkpoint would be lost.
   *
   * @param grace zero kills at once
   */
  record StopVps(OperationId operation, VpsName name, Duration grace) implements Change<VpsReport> {
    /** The longest grace time. */
    public static final Duration MAX_GRACE = Duration.ofHours(1);

    public StopVps {
      if (grace.isNegative() || grace.compareTo(MAX_GRACE) > 0) {
        throw VpsException.invalid(
            "grace time of " + grace.toSeconds() + " seconds",
            "it is from 0 to 3600 seconds",
            "Give 0 to kill at once, or leave it out for 30.");
      }
    }
  }

  /** Removes a VPS with its disk and checkpoints, killing it if it runs. */
  record DestroyVps(OperationId operation, VpsName name) implements Change<Done> {}

  /** Freezes a running VPS in memory. */
  record PauseVps(OperationId operation, VpsName name) implements Change<VpsReport> {}

  /** Lets a paused VPS run again. */
  record UnpauseVps(OperationId operation, VpsName name) implements Change<VpsReport> {}

  /**
   * Saves memory and disk of a running or paused VPS, durably, and ends its processes.
   *
   * @param verify the processes stay frozen until the checkpoint has passed this, and go on if it
   *     does not pass; empty: it is not tried
   */
  record SuspendVps(OperationId operation, VpsName name, Optional<VerifyDepth> verify)
      implements Change<VpsReport> {
    public SuspendVps(OperationId operation, VpsName name) {
      this(operation, name, Optional.empty());
    }
  }

  /**
   * Brings a suspended VPS back to life. It runs as soon as its processes are there, its memory
   * comes behind; the answer's {@link VpsReport#resumed} says whether that could be done.
   *
   * @param eager all memory first
   */
  record ResumeVps(OperationId operation, VpsName name, boolean eager)
      implements Change<VpsReport> {
    /** Not eagerly. */
    public ResumeVps(OperationId operation, VpsName name) {
      this(operation, name, false);
    }
  }

  /**
   * Writes the archive of a checkpoint as output; the VPS stays as it is.
   *
   * @param checkpoint one of its timeline; empty: the present of a suspended or stopped VPS
   * @param verify nothing is written unless it passes this; empty: it is not tried
   */
  record ExportVps(
      OperationId operation,
      VpsName name,
      Optional<CheckpointId> checkpoint,
      Optional<VerifyDepth> verify)
      implements Change<Done> {
    public ExportVps(OperationId operation, VpsName name, Optional<CheckpointId> checkpoint) {
      this(operation, name, checkpoint, Optional.empty());
    }
  }

  /**
   * Makes a VPS from an archive, which is the input: suspended if the archive holds memory, else
   * stopped.
   *
   * @param name empty: the name in the archive
   */
  record ImportVps(OperationId operation, Optional<VpsName> name) implements Change<VpsReport> {}

  /**
   * Sends a checkpoint to a hook that answers {@link ReceiveVps}, here or on another host: the
   * output of each is the input of the other, and nobody in between has to understand it. Of the
   * content only that travels which the other store lacks. The VPS stays as it is, whatever it
   * does. The end of the output that follows a success is the end of the other's input.
   *
   * @param packed whether content is packed on the way: for links that are slower than a processor
   */
  record SendCheckpoint(
      OperationId operation, VpsName name, CheckpointId checkpoint, boolean packed)
      implements Change<Done> {}

  /**
   * Makes a VPS of the checkpoint that a {@link SendCheckpoint} sends: suspended if it holds
   * memory, else stopped. What comes is hostile, as an archive is.
   *
   * @param name empty: the name that it had
   */
  record ReceiveVps(OperationId operation, Optional<VpsName> name) implements Change<VpsReport> {}

  /** Does one step of a migration, which moves a VPS to another host. */
  record MigrateVps(OperationId operation, VpsName name, MigrationId migration, MigrationStep step)
      implements Change<MigrationReport> {}

  /** What is known here of a migration: a look that changes nothing. */
  record FindMigration(MigrationId migration) implements HookRequest<MigrationReport> {}

  /**
   * Sends memory and disk of a running VPS, which goes on, to a hook that answers {@link
   * ReceiveAhead}, in rounds: each sends what the one before has not. A checkpoint that is sent
   * afterwards ({@link SendCheckpoint}) has little left to send. The rounds end when what is left
   * can be sent within {@code downtime}, or does not become less; the progress is then in phase
   * {@link #SETTLED}, and what was sent is held by both hooks until the input ends.
   *
   * @param packed as of {@link SendCheckpoint}
   */
  record SendAhead(OperationId operation, VpsName name, boolean packed, Duration downtime)
      implements Change<AheadReport> {
    /** The rounds are over. */
    public static final String SETTLED = "settled";

    /** Nobody wants to wait longer for a VPS that is said to move live. */
    public static final Duration MAX_DOWNTIME = Duration.ofHours(1);

    public SendAhead {
      if (downtime.isNegative() || downtime.compareTo(MAX_DOWNTIME) > 0) {
        throw VpsException.invalid(
            "downtime of " + downtime.toMillis() + " ms",
            "it is from 0 to an hour",
            "Give something like '300ms'.");
      }
    }
  }

  /** Keeps what a {@link SendAhead} sends, until the input ends. What comes is hostile. */
  record ReceiveAhead(OperationId operation) implements Change<Done> {}

  /**
   * Saves memory and disk of a running or paused VPS, which goes on; of a stopped one its disk.
   * Refused for a suspended one: it is in a checkpoint.
   *
   * @param kind MANUAL or SCHEDULED
   * @param label empty for none; NAME_TAKEN if another checkpoint of the VPS has it, and nothing is
   *     frozen then
   * @param verify tried once the VPS goes on; one that does not pass stays in the timeline, and the
   *     request fails. Empty: it is not tried
   */
  record CheckpointVps(
      OperationId operation,
      VpsName name,
      CheckpointKind kind,
      String label,
      String note,
      Optional<VerifyDepth> verify)
      implements Change<TimelineEntry> {
    public CheckpointVps(
        OperationId operation, VpsName name, CheckpointKind kind, String label, String note) {
      this(operation, name, kind, label, note, Optional.empty());
    }

    public CheckpointVps {
      if (kind != CheckpointKind.MANUAL && kind != CheckpointKind.SCHEDULED) {
        throw VpsException.invalid(
            "kind " + kind, "nobody can ask for a checkpoint of that kind", "Leave it out.");
      }
      TimelineEntry.requireLabel(label);
      TimelineEntry.requireNote(note);
    }
  }

  /** The timeline of a VPS. */
  record ListCheckpoints(VpsName name) implements HookRequest<Timeline> {}

  /**
   * Changes what people wrote on a checkpoint; what is empty stays as it is. NAME_TAKEN if another
   * checkpoint of the VPS has the label.
   */
  record MarkCheckpoint(
      VpsName name,
      CheckpointId checkpoint,
      Optional<String> label,
      Optional<String> note,
      Optional<Boolean> pinned)
      implements HookRequest<TimelineEntry> {
    public MarkCheckpoint {
      label.ifPresent(TimelineEntry::requireLabel);
      note.ifPresent(TimelineEntry::requireNote);
    }
  }

  /**
   * Finds out whether a checkpoint can be restored, beside whatever its VPS does, and keeps the
   * answer in the timeline. One that cannot is CHECKPOINT_CORRUPT or RESUME_FAILED; other failures
   * say nothing about it.
   */
  record VerifyCheckpoint(
      OperationId operation, VpsName name, CheckpointId checkpoint, VerifyDepth depth)
      implements Change<TimelineEntry> {}

  /**
   * Removes a checkpoint from the timeline; those that follow on it then follow on its parent, and
   * so does the present. WRONG_STATE for one that is pinned, for the one that the VPS is suspended
   * in, and for the one that its memory is still coming from.
   */
  record ForgetCheckpoint(OperationId operation, VpsName name, CheckpointId checkpoint)
      implements Change<Done> {}

  /**
   * The VPS becomes what it was, from any state: running if the checkpoint has memory, else
   * stopped; "here" is that checkpoint then. If that fails it becomes again what it is now, and the
   * timeline too.
   *
   * @param discardCurrent do not keep the present in the timeline; the checkpoint that a VPS is
   *     suspended in is there already, and stays
   */
  record RewindVps(
      OperationId operation, VpsName name, CheckpointId checkpoint, boolean discardCurrent)
      implements Change<VpsReport> {}

  /**
   * Makes a new VPS from a checkpoint: running if that has memory, else stopped. It gets its own
   * host name, address, MAC and machine id; TCP connections that it would share are closed. Its
   * timeline begins with that state, of kind CLONE; the timeline of its origin stays as it is. Who
   * names a checkpoint may clone while the origin is being changed; else the origin stands still.
   *
   * @param checkpoint empty: of the present, taken now, or the last one if the VPS is suspended
   * @param address empty: the lowest free one
   */
  record CloneVps(
      OperationId operation,
      VpsName name,
      Optional<CheckpointId> checkpoint,
      VpsName newName,
      Optional<Ipv4Address> address,
      List<PublishedPort> published)
      implements Change<VpsReport> {
    public CloneVps {
      published = List.copyOf(published);
    }
  }

  /**
   * What is different between two checkpoints, of one VPS or of two: a look that changes nothing.
   *
   * @param checkpoint the earlier one, of the VPS {@code name}
   * @param other the later one, of the VPS {@code otherName}
   */
  record DiffCheckpoints(
      VpsName name, CheckpointId checkpoint, VpsName otherName, CheckpointId other)
      implements HookRequest<CheckpointDiff> {}

  /** What the store keeps and takes. */
  record DescribeStore() implements HookRequest<StoreReport> {}

  /** Works on the store as a whole, beside everything else. */
  record MaintainStore(OperationId operation, StoreWork work) implements Change<StoreFindings> {}

  /**
   * Runs a command in a running VPS, as its root, in its root folder. Input, output and error
   * output travel as such; with a terminal all output is one.
   *
   * @param terminal empty: no terminal
   */
  record ExecInVps(VpsName name, List<String> command, Optional<TerminalSize> terminal)
      implements HookRequest<ExecReply> {
    public ExecInVps {
      command = List.copyOf(command);
      if (command.isEmpty() || command.getFirst().isEmpty()) {
        throw VpsException.invalid(
            "empty command", "there is nothing to run", "Give a command behind '--'.");
      }
      if (command.stream().anyMatch(word -> word.indexOf('\0') >= 0)) {
        throw VpsException.invalid(
            "command",
            "a word of it has a zero byte",
            "Leave that byte out; no command can get it.");
      }
    }
  }

  /**
   * The console of a running VPS, both ways; the last output comes first. Ends when the VPS stops
   * or is suspended, or the caller hangs up.
   */
  record AttachConsole(VpsName name, TerminalSize size) implements HookRequest<Done> {}

  /** How an operation ended, or that it runs, or that the hook never heard of it. */
  record FindOperation(OperationId operation) implements HookRequest<OperationReport> {}

  /**
   * Asks a running operation to stop where that is safe; answered at once. The operation itself
   * ends with CANCELLED, or with success if it was past the point of no return.
   */
  record CancelOperation(OperationId operation) implements HookRequest<Done> {}
}
