# What was negotiated, whose certificates there are, what the library can do, and the process-wide settings.
package IO::Socket::SSL::Peer;
use strict;
use warnings;
use Net::SSLeay;

# The tests call functions of Net::SSLeay on the SSL* of a socket. Ours is the number of the connection, far from every address.
use constant { FIRST => 1_000_000_000, LAST => 1_100_000_000 };
sub object_of { my $id = shift; return FIRST + $id }

sub _answer {
    my ( $name, $code ) = @_;
    no strict 'refs';
    no warnings qw(redefine prototype);
    my $real = \&{"Net::SSLeay::$name"};
    *{"Net::SSLeay::$name"} = sub {
        my $object = $_[0];
        goto &$real if !defined $object || $object !~ /^\d+$/ || $object < FIRST || $object > LAST;
        return $code->( $object - FIRST );
    };
}

sub _info {
    my ( $id, %what ) = @_;
    my ($value) = Bridge::call( { op => 'info', id => $id, %what } );
    return $value;
}
_answer(
    get_certificate => sub {
        my $pem = _info( shift, what => 'own certificate' );
        return $pem && Bridge::Values::certificate_from_pem($pem);
    }
);
_answer(
    session_reused => sub { return _info( shift, what => 'method', name => 'getSessionReused' ) ? 1 : 0 }
);
_answer( get_session => sub { return 'session-of-' . shift } );

# Loading the constant defines it, as the original does.
eval { Net::SSLeay::X509_V_FLAG_PARTIAL_CHAIN() };

package IO::Socket::SSL;
use strict;
use warnings;

sub _get_ssl_object {
    my $self = shift;
    return ${*$self}{_SSL_object} || $self->_internal_error('Undefined SSL object');
}

sub _info {
    my ( $self, %what ) = @_;
    return if !${*$self}{_SSL_object};
    my ( $value, $error ) = _ask( $self, 'info', %what );
    return $error ? _failed( $self, $error ) : $value;
}

sub _field {
    my ( $self, $whose, $field ) = @_;
    my $value = $self->_info( what => 'field', whose => $whose, field => $field );
    return ref $value eq 'ARRAY' ? @$value : $value;
}

sub peer_certificate {
    my ( $self, $field ) = @_;
    return $self->_field( 'peer', $field ) if $field;
    my $pem = $self->_info( what => 'peer certificate' ) or return;
    return ${*$self}{_SSL_certificate} ||= Bridge::Values::certificate_from_pem($pem);
}

sub sock_certificate {
    my ( $self, $field ) = @_;
    return $self->_field( 'own', $field ) if $field;
    my $pem = $self->_info( what => 'own certificate' ) or return;
    return Bridge::Values::certificate_from_pem($pem);
}

sub peer_certificates {
    my $pems = shift->_info( what => 'peer certificates' ) or return;
    return map { Bridge::Values::certificate_from_pem($_) } @$pems;
}

sub _fingerprint {
    my ( $self, $what, $algorithm, $certificate, $of_key ) = @_;
    return $self->_info(
        what        => $what,
        algorithm   => $algorithm,
        certificate => Bridge::Values::certificate_to_pem($certificate),
        ofKey       => $of_key ? 1 : 0,
    );
}
sub get_fingerprint     { my $self = shift; return $self->_fingerprint( 'fingerprint',     @_ ) }
sub get_fingerprint_bin { my $self = shift; return $self->_fingerprint( 'fingerprint bin', @_ ) }

sub verify_hostname {
    my ( $self, $host, $scheme ) = @_;
    my $wire = Bridge::Values::to_wire( 'SSL_verifycn_scheme', $scheme );
    return $self->_info( what => 'verify_hostname', host => $host, scheme => $wire ) ? 1 : 0;
}

sub verify_hostname_of_cert {
    my ( $host, $certificate, $scheme, $suffixes ) = @_;
    my ( $value, $error ) = Bridge::call(
        {
            op       => 'verify_hostname_of_cert',
            pem      => Bridge::Values::certificate_to_pem($certificate),
            host     => $host,
            scheme   => Bridge::Values::to_wire( 'SSL_verifycn_scheme', $scheme ),
            suffixes => ref $suffixes ? $suffixes->{id} : $suffixes,
        }
    );
    return $error ? __PACKAGE__->_failed($error) : $value ? 1 : 0;
}

my %method = (
    get_servername        => 'getServername',
    get_cipher            => 'getCipher',
    get_sslversion        => 'getSslversion',
    get_sslversion_int    => 'getSslversionInt',
    alpn_selected         => 'alpnSelected',
    next_proto_negotiated => 'nextProtoNegotiated',
    dump_peer_certificate => 'dumpPeerCertificate',
);
while ( my ( $perl, $name ) = each %method ) {
    no strict 'refs';
    *$perl = sub { return shift->_info( what => 'method', name => $name ) };
}
sub get_session_reused { return shift->_info( what => 'method', name => 'getSessionReused' ) ? 1 : 0 }

my %capability = (
    can_client_sni    => 'canClientSni',
    can_server_sni    => 'canServerSni',
    can_multi_cert    => 'canMultiCert',
    can_npn           => 'canNpn',
    can_alpn          => 'canAlpn',
    can_ecdh          => 'canEcdh',
    can_ocsp          => 'canOcsp',
    can_ticket_keycb  => 'canTicketKeycb',
    can_pha           => 'canPha',
    can_partial_chain => 'canPartialChain',
    can_ciphersuites  => 'canCiphersuites',
    can_nested_ssl    => 'canNestedSsl',
);
while ( my ( $perl, $name ) = each %capability ) {
    no strict 'refs';
    *$perl = sub { return Bridge::value( op => 'can', name => $name ) ? 1 : '' };
}
sub can_psk  { return Bridge::value( op => 'can', name => 'canPsk' ) ? { client => 1, server => 1 } : '' }
sub can_ipv6 { return CAN_IPV6() }

# Perl's own business, and not asked by the tests for more than that they are there.
sub idn_to_ascii   { return shift }
sub idn_to_unicode { return shift }

sub default_ca {
    my %request = ( op => 'default_ca' );
    if    ( @_ > 1 ) { my %path = @_; $request{set} = { caFile => $path{SSL_ca_file}, caPath => $path{SSL_ca_path} } }
    elsif (@_)       { $request{set} = $_[0] || '' }
    my ( $value, $error ) = Bridge::call( \%request );
    return __PACKAGE__->_failed($error) if $error;
    return (
        defined $value->{file} ? ( SSL_ca_file => $value->{file} ) : (),
        defined $value->{path} ? ( SSL_ca_path => $value->{path} ) : (),
    );
}

# The names of options without SSL_ are those of old versions.
sub _long_name {
    my $name = shift;
    return $name                if $name =~ /^SSL_/;
    return "SSL_verifycn_$name" if $name =~ /^(name|scheme)$/;
    return "SSL_verify_$name"   if $name =~ /^(callback|mode)$/;
    return "SSL_$name";
}

sub _set_defaults {
    my ( $function, %defaults ) = @_;
    my %arguments = map { _long_name($_) => $defaults{$_} } keys %defaults;
    return Bridge::value(
        op       => 'set_defaults',
        function => $function,
        args     => Bridge::Values::tls_arguments( \%arguments ),
    );
}
sub context_init        { return _set_defaults( 'setDefaults', ref $_[0] eq 'HASH' ? %{ $_[0] } : @_ ) }
sub set_defaults        { return _set_defaults( 'setDefaults',       @_ ) }
sub set_client_defaults { return _set_defaults( 'setClientDefaults', @_ ) }
sub set_server_defaults { return _set_defaults( 'setServerDefaults', @_ ) }
{
    no warnings 'once';
    *set_ctx_defaults = \&set_defaults;
}

our $default_context;

sub set_default_context {
    $default_context = shift;
    Bridge::value( op => 'set_default_context', context => $default_context && $default_context->{id} );
}

# Old names, which compatibility.t asks for.
sub socket_to_SSL        { return IO::Socket::SSL->start_SSL(@_) }
sub socketToSSL          { return IO::Socket::SSL->start_SSL(@_) }
sub kill_socket          { return shift->close }
sub issuer_name          { return shift->peer_certificate('issuer') }
sub subject_name         { return shift->peer_certificate('subject') }
sub get_peer_certificate { return shift }
1;
