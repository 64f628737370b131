package org.letargo.archive.store.pack;

import java.util.Optional;
import javax.crypto.SecretKey;

/**
 * What an entry must know of the pack that it is made for.
 *
 * @param sequence never given to two entries of the pack
 * @param key what encrypts it; empty in a plain store
 */
record PackSlot(int pack, int sequence, Optional<SecretKey> key) {}
