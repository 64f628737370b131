package org.letargo.manager.peer;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClientResponse;
import java.io.IOException;
import java.util.Optional;
import javax.net.ssl.SSLException;
import org.letargo.hook.protocol.Code;
import org.letargo.hook.protocol.Json;
import org.letargo.hook.protocol.VpsException;
import org.letargo.manager.config.PeerUrl;

/** What a peer answers, read as hostile: bounded, and never shown raw. */
record PeerAnswer(int status, Buffer body) {
  /** The longest answer, in bytes. */
  static final int MAX_ANSWER_BYTES = 256 << 10;

  static final int OK = 200;
  private static final int MAX_SENTENCE = 500;

  /** A newer peer may say more than this one knows. */
  private static final JsonMapper LENIENT =
      Json.MAPPER.rebuild().disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES).build();

  static Future<PeerAnswer> collect(HttpClientResponse response) {
    Promise<PeerAnswer> whole = Promise.promise();
    Buffer body = Buffer.buffer();
    response.exceptionHandler(whole::tryFail);
    response.handler(part -> {
      if (body.length() + part.length() > MAX_ANSWER_BYTES) {
        whole.tryFail("its answer is longer than " + MAX_ANSWER_BYTES + " bytes");
        response.request().reset();
        return;
      }
      body.appendBuffer(part);
    });
    response.endHandler(_ -> whole.tryComplete(new PeerAnswer(response.statusCode(), body)));
    return whole.future();
  }

  <T> T read(PeerUrl url, Class<T> type) {
    require(url);
    try {
      return LENIENT.readValue(body.getBytes(), type);
    } catch (JsonProcessingException e) {
      throw unreachable(url, new IllegalArgumentException("its answer is not what is expected"));
    } catch (IOException e) {
      throw unreachable(url, e);
    }
  }

  /**
   * @throws VpsException PEER_REFUSED with what it says
   */
  void require(PeerUrl url) {
    if (status == OK) {
      return;
    }
    JsonNode error;
    try {
      error = LENIENT.readTree(body.getBytes()).path("error");
    } catch (IOException e) {
      error = LENIENT.missingNode();
    }
    throw refused(url, error, "it answers with status " + status);
  }

  /** What a peer says, made safe to be shown. */
  static VpsException refused(PeerUrl url, JsonNode error, String otherwise) {
    String why = sentence(error, "why").orElse(otherwise);
    return new VpsException(
        Code.PEER_REFUSED,
        "the host at " + url + " refuses",
        why,
        sentence(error, "remedy").orElse("Look into its log."));
  }

  private static Optional<String> sentence(JsonNode error, String part) {
    return Optional.ofNullable(error.path(part).textValue())
        .map(text -> text.replaceAll("\\p{Cntrl}", "?"))
        .map(text -> text.substring(0, Math.min(text.length(), MAX_SENTENCE)))
        .filter(text -> !text.isBlank());
  }

  static VpsException unreachable(PeerUrl url, Throwable why) {
    boolean stranger = why instanceof SSLException;
    return new VpsException(
        Code.PEER_UNREACHABLE,
        "the host at " + url + (stranger ? " is not trusted" : " does not answer"),
        why.getMessage() == null ? why.toString() : why.getMessage().lines().findFirst().orElse(""),
        stranger
            ? "It was installed anew, its token is of another host, or something stands in between:"
                + " look, then let the two become peers again."
            : "Check that letargo-manager runs there, its 'peers.listen', and firewalls between.",
        why);
  }
}
