package org.letargo.hook.change;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.time.Instant;
import java.util.Optional;
import org.letargo.archive.ArchiveException;
import org.letargo.archive.CheckpointDescription;
import org.letargo.archive.checkpoint.CheckpointFile;
import org.letargo.archive.checkpoint.CheckpointManifest;
import org.letargo.archive.checkpoint.CheckpointWriter;
import org.letargo.archive.checkpoint.StoredCheckpoint;
import org.letargo.archive.criu.HostNameImage;
import org.letargo.hook.durable.DurableFiles;
import org.letargo.hook.operation.Operation;
import org.letargo.hook.protocol.CheckpointId;
import org.letargo.hook.protocol.CheckpointKind;
import org.letargo.hook.protocol.DataSize;
import org.letargo.hook.protocol.HookRequest;
import org.letargo.hook.protocol.TimelineEntry;
import org.letargo.hook.protocol.VpsException;
import org.letargo.hook.protocol.VpsSpec;
import org.letargo.hook.protocol.VpsStatus;
import org.letargo.hook.template.TemplateUse;
import org.letargo.hook.vps.JournalEntry;
import org.letargo.hook.vps.StoredVps;
import org.letargo.hook.vps.Vps;
import org.letargo.hook.vps.VpsFolder;

/**
 * Makes a new VPS from a checkpoint of another one. The store keeps what they share once. The clone
 * has its own name, address, MAC, user ids and machine id; TCP connections of the other one are
 * closed in it. A file tells its programs whose clone they are in, and if it runs, a command of its
 * own.
 */
final class CloneVps {
  static final String PREFIX = ".cloning-";

  private final Host host;
  private final NewVps newVps;
  private final Admission admission;
  private final CheckpointVps checkpoint;
  private final CheckpointFiles files;
  private final ResumeVps resume;
  private final CloneNotice notice;

  CloneVps(
      Host host,
      NewVps newVps,
      Admission admission,
      CheckpointVps checkpoint,
      CheckpointFiles files,
      ResumeVps resume) {
    this.host = host;
    this.newVps = newVps;
    this.admission = admission;
    this.checkpoint = checkpoint;
    this.files = files;
    this.resume = resume;
    this.notice = new CloneNotice(host);
  }

  Vps clone(HookRequest.CloneVps request, Operation operation) {
    Vps origin = host.vpses().get(request.name());
    Admission.Seat seat =
        admission.reserve(request.newName(), request.address(), request.published());
    try {
      if (request.checkpoint().isPresent()) {
        return clone(origin, origin.timeline().get(request.checkpoint().get()), seat, operation);
      }
      if (origin.status() instanceof VpsStatus.Suspended(var present)) {
        return clone(origin, origin.timeline().get(present.id()), seat, operation);
      }
      TimelineEntry taken =
          checkpoint.checkpoint(origin, CheckpointWish.of(CheckpointKind.CLONE), operation);
      Faults.at("clone.after-present");
      try {
        return clone(origin, taken, seat, operation);
      } finally {
        files.drop(origin, taken.checkpoint().id()); // nobody has asked for one of the origin
      }
    } finally {
      admission.release(seat);
    }
  }

  private Vps clone(Vps origin, TimelineEntry source, Admission.Seat seat, Operation operation) {
    VpsSpec spec =
        new VpsSpec(
            seat.name(),
            origin.spec().template(),
            origin.spec().limits(),
            seat.address(),
            CreateVps.mac(seat.address()),
            seat.published());
    StoredVps stored = new StoredVps(spec, seat.hostIdBase(), origin.stored().templateDigest());
    String from = origin.spec().name() + "@" + source.checkpoint().id();
    try (TemplateUse _ = host.templates().use(spec.template())) {
      operation.phase("disk", 30);
      TimelineEntry own = copy(source, spec);
      Vps clone =
          newVps.make(
              new NewVps.Plan(PREFIX, JournalEntry.Kind.CLONE, stored, own),
              operation,
              unfinished -> {
                GuestIdentity.writeClone(unfinished, stored, from);
                copyHotPages(origin.folder(), unfinished);
              });
      if (own.hasMemory()) {
        run(clone, own, operation);
        notice.give(clone, from);
      }
      return clone;
    } catch (ArchiveException e) {
      throw ArchiveFailures.whileReading(e);
    } catch (IOException e) {
      throw DurableFiles.failed("cannot clone VPS '" + origin.spec().name() + "'", e);
    }
  }

  /** Its processes are the origin's, and want the same first. */
  private static void copyHotPages(VpsFolder origin, VpsFolder clone) throws IOException {
    try {
      Files.copy(origin.hotPages(), clone.hotPages());
    } catch (NoSuchFileException e) {
      // the origin was never resumed lazily
    }
  }

  /** The clone's own first checkpoint: the same chunks, another host name. */
  private TimelineEntry copy(TimelineEntry source, VpsSpec spec) throws IOException {
    CheckpointId id = CheckpointId.create(Instant.now());
    String sourceId = source.checkpoint().id().value();
    try (StoredCheckpoint from = host.store().checkpoints().read(sourceId);
        CheckpointWriter to = host.store().checkpoints().begin()) {
      for (CheckpointFile file : from.manifest().files()) {
        if (HostNameImage.isName(file.path())) {
          to.file(file.path(), HostNameImage.of(spec.name().value()));
        } else {
          to.adopt(file);
        }
      }
      CheckpointDescription described = from.manifest().checkpoint();
      CheckpointManifest made =
          to.commit(
              new CheckpointDescription(
                  id.value(),
                  "",
                  described.takenAt(),
                  CheckpointFiles.describe(spec, described.vps().templateDigest()),
                  described.host(),
                  described.memoryBytes(),
                  described.diskBytes()));
      return TimelineEntry.plain(
          CheckpointFiles.report(made),
          Optional.empty(),
          CheckpointKind.CLONE,
          made.hasMemory(),
          DataSize.ofBytes(to.written().storedBytes()));
    }
  }

  private void run(Vps clone, TimelineEntry own, Operation operation) {
    try (Vps.Change change =
        clone.begin(operation.id(), JournalEntry.Kind.RESUME, Optional.empty())) {
      resume.resume(clone, operation, change, own.checkpoint(), ResumeVps.Way.AS_CLONE);
    } catch (VpsException e) {
      throw new VpsException(
          e.code(),
          "clone '" + clone.spec().name() + "' was made but does not run",
          e.what() + ": " + e.why(),
          "It is suspended: resume it, or destroy it.",
          e);
    }
  }
}
