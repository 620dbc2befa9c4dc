# IO::Socket::SSL::Intercept, with the project's behind it.
package IO::Socket::SSL::Intercept;
use strict;
use warnings;
use IO::Socket::SSL;

my %name = (
    proxy_cert_file => 'proxyCertFile',
    proxy_key_file  => 'proxyKeyFile',
    proxy_cert      => 'proxyCert',
    proxy_key       => 'proxyKey',
    cert_key        => 'certKey',
    cert_key_file   => 'certKeyFile',
    serial          => 'serial',
);

sub _wire {
    my ( $name, $value ) = @_;
    return Bridge::Values::certificate_to_pem($value) if $name =~ /_cert$/;
    return Bridge::Values::key_to_pem($value)         if $name =~ /_key$/;
    return $value;
}

sub new {
    my ( $class, %arguments ) = @_;
    my %options = map { $name{$_} => _wire( $_, $arguments{$_} ) } grep { $name{$_} } keys %arguments;
    return bless { id => Bridge::value( op => 'new_intercept', args => \%options ) }, $class;
}

sub clone_cert {
    my ( $self, $certificate ) = @_;
    my $clone = Bridge::value(
        op  => 'intercept',
        id  => $self->{id},
        pem => Bridge::Values::certificate_to_pem($certificate),
    );
    return (
        Bridge::Values::certificate_from_pem( $clone->{cert} ),
        Bridge::Values::key_from_pem( $clone->{key} ),
    );
}
1;
