package org.letargo.manager.peer;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class IdentityTest {
  /** A clock that is set by hand. */
  private static final class HandClock extends Clock {
    private Instant now = Instant.parse("2026-01-02T03:04:05Z");

    void forward(Duration duration) {
      now = now.plus(duration);
    }

    @Override
    public Instant instant() {
      return now;
    }

    @Override
    public ZoneId getZone() {
      return ZoneOffset.UTC;
    }

    @Override
    public Clock withZone(ZoneId zone) {
      throw new UnsupportedOperationException();
    }
  }

  @TempDir Path dir;
  private final HandClock clock = new HandClock();

  private boolean isBelieved(Authority.Leaf leaf, List<X509Certificate> authorities) {
    return Pins.issuerOf(leaf.chain(), authorities, Pins.End.CLIENT, clock.instant()).isPresent()
        && Pins.issuerOf(leaf.chain(), authorities, Pins.End.SERVER, clock.instant()).isPresent();
  }

  @Test
  void showsACertificateOfItsAuthority() {
    Identity identity = Identity.open(dir.resolve("peers"), clock);

    assertThat(identity.authorities()).hasSize(1);
    assertThat(isBelieved(identity.leaf(), identity.authorities())).isTrue();
    assertThat(
            isBelieved(identity.leaf(), List.of(Authority.create(clock.instant()).certificate())))
        .isFalse();
  }

  @Test
  void keepsItsAuthority() {
    Identity first = Identity.open(dir.resolve("peers"), clock);

    Identity again = Identity.open(dir.resolve("peers"), clock);

    assertThat(again.authorities()).isEqualTo(first.authorities());
    assertThat(isBelieved(again.leaf(), first.authorities())).isTrue();
  }

  @Test
  void renewsWhatItShowsLongBeforeItEnds() {
    Identity identity = Identity.open(dir.resolve("peers"), clock);
    Authority.Leaf first = identity.leaf();

    clock.forward(Duration.ofDays(9));
    assertThat(identity.leaf()).isSameAs(first);
    clock.forward(Duration.ofDays(2));
    Authority.Leaf second = identity.leaf();

    assertThat(second).isNotSameAs(first);
    assertThat(second.endsAt()).isEqualTo(clock.instant().plus(Authority.LEAF_LIFE));
    assertThat(isBelieved(first, identity.authorities())).isTrue(); // connections go on
    clock.forward(Duration.ofDays(20));
    assertThat(isBelieved(first, identity.authorities())).isFalse();
    assertThat(isBelieved(identity.leaf(), identity.authorities())).isTrue();
  }

  @Test
  void saysWhenItsAuthorityIsOld() {
    Identity identity = Identity.open(dir.resolve("peers"), clock);

    clock.forward(Authority.LIFE.minus(Duration.ofDays(370)));
    assertThat(identity.isOld()).isFalse();
    clock.forward(Duration.ofDays(10));
    assertThat(identity.isOld()).isTrue();
  }

  @Test
  void neverShowsWhatOutlivesItsAuthority() {
    Identity identity = Identity.open(dir.resolve("peers"), clock);

    clock.forward(Authority.LIFE.minus(Duration.ofDays(5)));

    X509Certificate authority = identity.authorities().getFirst();
    assertThat(identity.leaf().endsAt()).isEqualTo(authority.getNotAfter().toInstant());
  }

  @Test
  void usesTheNextAuthorityOnlyWhenItIsTold() {
    Identity identity = Identity.open(dir.resolve("peers"), clock);
    List<X509Certificate> before = identity.authorities();

    identity.beginRotation();
    Identity again = Identity.open(dir.resolve("peers"), clock); // it died and was started again

    assertThat(again.isRotating()).isTrue();
    assertThat(again.authorities()).hasSize(2).isEqualTo(identity.authorities());
    assertThat(again.authorities().getFirst()).isEqualTo(before.getFirst());
    assertThat(isBelieved(again.leaf(), before)).isTrue();

    again.beginRotation(); // once is enough
    X509Certificate next = again.authorities().getLast();
    assertThat(next).isEqualTo(identity.authorities().getLast());
    again.finishRotation();
    assertThat(again.isRotating()).isFalse();
    assertThat(again.authorities()).containsExactly(next);
    assertThat(isBelieved(again.leaf(), List.of(next))).isTrue();
    assertThat(Identity.open(dir.resolve("peers"), clock).authorities()).containsExactly(next);
  }
}
