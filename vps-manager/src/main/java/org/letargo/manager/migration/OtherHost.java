package org.letargo.manager.migration;

import java.time.Duration;
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
import org.letargo.hook.protocol.VpsException;
import org.letargo.hook.protocol.VpsName;

/**
 * A peer, as a migration needs it. All methods block, and throw PEER_REFUSED with what it says, or
 * PEER_UNREACHABLE: then nobody knows whether it has heard.
 */
public interface OtherHost {
  /** Which one it is. */
  MigrationPeer peer();

  /**
   * Whether content is packed on the way to it: the link was seen to be slower than a processor.
   */
  boolean wantsPacked();

  /**
   * Whether a VPS could come there; nothing is touched.
   *
   * @throws VpsException PEER_REFUSED with the reason
   */
  void check(MigrationId migration, ArrivalWish wish);

  /** The same host, to which no more bytes go in a second than these. */
  OtherHost limitedTo(DataSize perSecond);

  /** How fast bytes were seen to go there, in bytes a second; empty if that is not known. */
  OptionalLong bytesPerSecond();

  /** How long an answer takes that needs no work. */
  Duration latency();

  /**
   * Sends a template, which that host keeps under the name if it is free, else under a longer one.
   *
   * @param leaving of the hook here, just asked for it; closed
   */
  void template(
      MigrationId migration,
      TemplateName name,
      HookStream<Done> leaving,
      ProgressListener progress);

  /**
   * Hands on what the two hooks tell each other while the VPS runs, until there should be no more
   * rounds.
   *
   * @param leaving of the hook here, just opened; closed with what is returned
   * @return what both hooks hold until it is closed
   */
  HeldAhead ahead(
      MigrationId migration, HookStream<AheadReport> leaving, ProgressListener progress);

  /**
   * Hands on what the two hooks tell each other, until the other one has the VPS.
   *
   * @param was what it does again when it is there
   * @param leaving of the hook here, just opened
   * @return how many bytes have gone
   */
  long arrive(
      MigrationId migration,
      VpsName name,
      Migration.Was was,
      HookStream<MigrationReport> leaving,
      ProgressListener progress);

  /**
   * Hands on what the two hooks tell each other of an earlier checkpoint of a VPS that is that
   * host's.
   *
   * @param isParent whether the state in which it came there follows on it
   * @param leaving of the hook here, just opened
   */
  void remember(
      MigrationId migration,
      VpsName name,
      TimelineEntry past,
      boolean isParent,
      HookStream<MigrationReport> leaving,
      ProgressListener progress);

  /** It is that host's; waits until it goes on there. */
  void take(MigrationId migration, VpsName name);

  /**
   * It goes on there at once, and its memory follows from the hook here; waits until all of it is
   * there and the two hooks agree on that.
   *
   * @param serving of the hook here, just opened
   */
  void borrow(
      MigrationId migration,
      VpsName name,
      HookStream<MigrationReport> serving,
      ProgressListener progress);

  /** What that host knows. */
  MigrationAnswer find(MigrationId migration);

  /** It does not come. PEER_REFUSED if it is that host's already. */
  void drop(MigrationId migration, VpsName name);

  /** How often checkpoints of it are to be taken there, as they were here. */
  void schedule(MigrationId migration, CarriedSchedule schedule);

  /** This host knows that it is there, and will not ask again. */
  void forget(MigrationId migration, VpsName name);
}
