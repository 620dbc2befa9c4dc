# Arguments of IO::Socket::SSL as JSON: certificates and keys of Net::SSLeay as PEM, objects and callbacks by number.
package Bridge::Values;
use strict;
use warnings;
use Bridge;
use Net::SSLeay;
use Scalar::Util qw(blessed);

# What concerns the TCP socket is Perl's business here.
my %is_tcp = map { $_ => 1 } qw(SSL_server SSL_startHandshake SSL_usebio SSL_keepSocketOnError);

sub _read_pem {
    my ( $reader, $pem ) = @_;
    my $bio = Net::SSLeay::BIO_new( Net::SSLeay::BIO_s_mem() );
    Net::SSLeay::BIO_write( $bio, $pem );
    my $object = $reader->($bio);
    Net::SSLeay::BIO_free($bio);
    return $object;
}

sub certificate_from_pem { return _read_pem( \&Net::SSLeay::PEM_read_bio_X509,       shift ) }
sub key_from_pem         { return _read_pem( \&Net::SSLeay::PEM_read_bio_PrivateKey, shift ) }

# An X509* or EVP_PKEY* is a number in Perl.
sub _is_pointer { my $value = shift; return defined $value && !ref $value && $value =~ /^\d{6,}$/ }

sub certificate_to_pem {
    my $value = shift;
    return _is_pointer($value) ? Net::SSLeay::PEM_get_string_X509($value) : $value;
}

sub key_to_pem {
    my $value = shift;
    return _is_pointer($value) ? Net::SSLeay::PEM_get_string_PrivateKey($value) : $value;
}

sub _each_value {
    my ( $convert, $value ) = @_;
    return [ map { _each_value( $convert, $_ ) } @$value ] if ref $value eq 'ARRAY';
    return { map { $_ => _each_value( $convert, $value->{$_} ) } keys %$value }
        if ref $value eq 'HASH';
    return $convert->($value);
}

sub _object_to_wire {
    my $object = shift;
    return { '$ctx'    => $object->{id} } if $object->isa('IO::Socket::SSL::SSL_Context');
    return { '$cache'  => $object->{id} } if $object->isa('IO::Socket::SSL::Session_Cache');
    return { '$suffix' => $object->{id} } if $object->isa('IO::Socket::SSL::PublicSuffix');
    return { '$ctx' => ${*$object}{_SSL_ctx}{id} }
        if $object->isa('IO::Socket::SSL') && ${*$object}{_SSL_ctx};
    return "$object";
}

# The value of an argument.
sub to_wire {
    my ( $name, $value ) = @_;
    return _each_value( \&certificate_to_pem, $value ) if $name =~ /^SSL_(cert|ca|client_ca)$/;
    return _each_value( \&key_to_pem,         $value ) if $name eq 'SSL_key';
    return Bridge::callback($value) if ref $value eq 'CODE';
    return { '$null' => 1 }         if ref $value eq 'SCALAR' && !defined $$value;
    return _object_to_wire($value)  if blessed $value;
    return $value                   if !ref $value;
    return _each_value( sub { ref $_[0] eq 'CODE' ? Bridge::callback( $_[0] ) : $_[0] }, $value );
}

# What the arguments of a constructor say about TLS.
sub tls_arguments {
    my $arguments = shift;
    my @names     = grep { /^(SSL_|Peer)/ && !$is_tcp{$_} } keys %$arguments;
    return { map { $_ => to_wire( $_, $arguments->{$_} ) } @names };
}

# An argument of a callback.
sub from_wire {
    my $value = shift;
    return ref $value eq 'HASH' && $value->{'$cert'}
        ? certificate_from_pem( $value->{'$cert'} )
        : $value;
}
1;
