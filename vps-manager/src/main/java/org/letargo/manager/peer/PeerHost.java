package org.letargo.manager.peer;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Locale;
import java.util.OptionalLong;
import org.letargo.hook.protocol.AheadReport;
import org.letargo.hook.protocol.DataSize;
import org.letargo.hook.protocol.Done;
import org.letargo.hook.protocol.HookStream;
import org.letargo.hook.protocol.Migration;
import org.letargo.hook.protocol.MigrationId;
import org.letargo.hook.protocol.MigrationPeer;
import org.letargo.hook.protocol.MigrationReport;
import org.letargo.hook.protocol.ProgressListener;
import org.letargo.hook.protocol.TemplateName;
import org.letargo.hook.protocol.TimelineEntry;
import org.letargo.hook.protocol.VpsName;
import org.letargo.manager.json.ApiJson;
import org.letargo.manager.migration.ArrivalWish;
import org.letargo.manager.migration.Arrivals;
import org.letargo.manager.migration.CarriedSchedule;
import org.letargo.manager.migration.HeldAhead;
import org.letargo.manager.migration.MigrationAnswer;
import org.letargo.manager.migration.OtherHost;

/** A peer as a migration needs it; the other end is {@link MigrationDesk}. */
final class PeerHost implements OtherHost {
  private final PeerService service;
  private final Peer peer;
  private final Throttle throttle;

  /** Names the VPS. */
  record Named(VpsName name) {}

  PeerHost(PeerService service, Peer peer) {
    this(service, peer, Throttle.NONE);
  }

  private PeerHost(PeerService service, Peer peer, Throttle throttle) {
    this.service = service;
    this.peer = peer;
    this.throttle = throttle;
  }

  @Override
  public OtherHost limitedTo(DataSize perSecond) {
    return new PeerHost(service, peer, Throttle.of(perSecond));
  }

  @Override
  public OptionalLong bytesPerSecond() {
    return peer.bytesPerSecond();
  }

  @Override
  public Duration latency() {
    return service.latency(peer);
  }

  @Override
  public void template(
      MigrationId migration,
      TemplateName name,
      HookStream<Done> leaving,
      ProgressListener progress) {
    try (leaving;
        PeerTalk talk = service.talk(peer, path(migration, "/template/" + name))) {
      new HookTransfer<>(leaving, talk, service, peer, throttle).run(progress);
    }
  }

  @Override
  public HeldAhead ahead(
      MigrationId migration, HookStream<AheadReport> leaving, ProgressListener progress) {
    PeerTalk talk;
    try {
      talk = service.talk(peer, path(migration, "/ahead"));
    } catch (RuntimeException e) {
      leaving.close();
      throw e;
    }
    var transfer = new HookTransfer<>(leaving, talk, service, peer, throttle);
    return new AheadTransfer(leaving, talk, transfer, progress).awaitSettled();
  }

  @Override
  public MigrationPeer peer() {
    return PeerHosts.identity(peer);
  }

  @Override
  public boolean wantsPacked() {
    return HookTransfer.wantsPacked(peer);
  }

  @Override
  public void check(MigrationId migration, ArrivalWish wish) {
    service.tell(peer, path(migration, "/check"), wish);
  }

  @Override
  public long arrive(
      MigrationId migration,
      VpsName name,
      Migration.Was was,
      HookStream<MigrationReport> leaving,
      ProgressListener progress) {
    String path = path(migration, "/arrive/" + name + "/" + was.name().toLowerCase(Locale.ROOT));
    try (PeerTalk talk = service.talk(peer, path)) {
      return new HookTransfer<>(leaving, talk, service, peer, throttle).run(progress);
    }
  }

  @Override
  public void remember(
      MigrationId migration,
      VpsName name,
      TimelineEntry past,
      boolean isParent,
      HookStream<MigrationReport> leaving,
      ProgressListener progress) {
    try (PeerTalk talk = service.talk(peer, path(migration, "/remember/" + name))) {
      byte[] head = ApiJson.bytes(new Arrivals.Remembered(past, isParent));
      talk.write(ByteBuffer.allocate(Integer.BYTES).putInt(head.length).array());
      talk.write(head);
      new HookTransfer<>(leaving, talk, service, peer, throttle).run(progress);
    } catch (IOException e) {
      throw PeerAnswer.unreachable(peer.url(), e);
    }
  }

  @Override
  public void take(MigrationId migration, VpsName name) {
    try (PeerTalk talk = service.talk(peer, path(migration, "/take/" + name))) {
      talk.end();
      InputStream answer = talk.answer();
      while (true) {
        switch (PeerFrames.read(answer)) {
          case PeerFrames.Frame.Bytes _ -> {} // it is still at work
          case PeerFrames.Frame.Done _ -> {
            talk.finished();
            return;
          }
          case PeerFrames.Frame.Failed(var error) -> {
            talk.finished();
            throw PeerAnswer.refused(peer.url(), error, "it does not say why");
          }
        }
      }
    } catch (IOException e) {
      throw PeerAnswer.unreachable(peer.url(), e);
    }
  }

  @Override
  public void borrow(
      MigrationId migration,
      VpsName name,
      HookStream<MigrationReport> serving,
      ProgressListener progress) {
    try (PeerTalk talk = service.talk(peer, path(migration, "/borrow/" + name))) {
      // not throttled: its programs wait for it, and a word of the lender that is late ends the
      // loan
      new HookTransfer<>(serving, talk, service, peer).runUnmeasured(progress);
    }
  }

  @Override
  public MigrationAnswer find(MigrationId migration) {
    return service.ask(peer, path(migration, ""), MigrationAnswer.class);
  }

  @Override
  public void drop(MigrationId migration, VpsName name) {
    service.tell(peer, path(migration, "/drop"), new Named(name));
  }

  @Override
  public void schedule(MigrationId migration, CarriedSchedule schedule) {
    service.tell(peer, path(migration, "/schedule"), schedule);
  }

  @Override
  public void forget(MigrationId migration, VpsName name) {
    service.tell(peer, path(migration, "/forget"), new Named(name));
  }

  private static String path(MigrationId migration, String rest) {
    return PeerPaths.MIGRATIONS + migration + rest;
  }
}
