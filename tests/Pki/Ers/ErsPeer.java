import java.nio.file.*;
import java.util.*;
import org.bouncycastle.asn1.nist.NISTObjectIdentifiers;
import org.bouncycastle.asn1.x509.AlgorithmIdentifier;
import org.bouncycastle.cms.jcajce.JcaSimpleSignerInfoVerifierBuilder;
import org.bouncycastle.operator.DigestCalculatorProvider;
import org.bouncycastle.operator.jcajce.JcaDigestCalculatorProviderBuilder;
import org.bouncycastle.tsp.*;
import org.bouncycastle.tsp.ers.*;

/**
 * BouncyCastle's evidence records for the tests.
 * verify RECORD DOCUMENT STRANGER: exit 0 if the record proves the document and not the stranger.
 * imprint OUT DOCUMENT...: writes the root hash of BouncyCastle's tree over the documents.
 * records TIMESTAMPRESP OUTFOLDER DOCUMENT...: writes BouncyCastle's record of each document.
 * All with SHA-256.
 */
public class ErsPeer {
  static final DigestCalculatorProvider DIGESTS;

  static {
    try {
      DIGESTS = new JcaDigestCalculatorProviderBuilder().build();
    } catch (Exception e) {
      throw new RuntimeException(e);
    }
  }

  static ERSArchiveTimeStampGenerator generator(String[] args, int from) throws Exception {
    var generator = new ERSArchiveTimeStampGenerator(DIGESTS.get(new AlgorithmIdentifier(NISTObjectIdentifiers.id_sha256)));
    for (int i = from; i < args.length; i++) {
      generator.addData(new ERSByteData(Files.readAllBytes(Path.of(args[i]))));
    }
    return generator;
  }

  static TimeStampRequestGenerator requests() {
    var requests = new TimeStampRequestGenerator();
    requests.setCertReq(true);
    return requests;
  }

  public static void main(String[] args) throws Exception {
    switch (args[0]) {
      case "verify" -> {
        var record = new ERSEvidenceRecord(Files.readAllBytes(Path.of(args[1])), DIGESTS);
        record.validatePresent(new ERSByteData(Files.readAllBytes(Path.of(args[2]))), new Date());
        record.validate(new JcaSimpleSignerInfoVerifierBuilder().build(record.getSigningCertificate()));
        try {
          record.validatePresent(new ERSByteData(Files.readAllBytes(Path.of(args[3]))), new Date());
          throw new IllegalStateException("the stranger is proven too");
        } catch (ERSException expected) {
          System.out.println("verified");
        }
      }
      case "imprint" -> Files.write(Path.of(args[1]), generator(args, 2).generateTimeStampRequest(requests()).getMessageImprintDigest());
      case "records" -> {
        var generator = generator(args, 3);
        generator.generateTimeStampRequest(requests());
        var stamps = generator.generateArchiveTimeStamps(new TimeStampResponse(Files.readAllBytes(Path.of(args[1]))));
        int number = 0;
        for (Object stamp : stamps) {
          var record = new ERSEvidenceRecordGenerator(DIGESTS).generate((ERSArchiveTimeStamp) stamp);
          Files.write(Path.of(args[2], "record-" + number++ + ".ers"), record.getEncoded());
        }
      }
      default -> throw new IllegalArgumentException(args[0]);
    }
  }
}
